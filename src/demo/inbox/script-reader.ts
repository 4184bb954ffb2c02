/** Page script, third part: the reading pane. */
export const SCRIPT_READER = String.raw`
const TABS = ['email', 'text', 'links', 'headers', 'raw'];
const MOST_RAW = 200000;
let opening = 0;

async function openMail(seq, push) {
  if (push) note(seq);
  const turn = ++opening;
  state.open = seq;
  state.read.add(seq);
  state.mailPhase = 'loading';
  document.body.dataset.view = 'mail';
  const open = markOpenRow();
  if (open) open.scrollIntoView({ block: 'nearest' });
  const slow = setTimeout(() => turn === opening && drawReader(), 150);
  try {
    const mail = await (await ask('/mails/' + seq + '.json')).json();
    if (turn !== opening) return;
    state.mail = mail;
    state.mailPhase = 'ready';
    state.tab = state.wantedTab === 'email' && mail.html === undefined ? 'text' : state.wantedTab;
  } catch (error) {
    if (turn !== opening) return;
    state.mailPhase = error.status === 404 ? 'gone' : 'error';
  } finally {
    clearTimeout(slow);
  }
  drawReader();
  if (narrow.matches) byId('mail-title')?.focus();
}

function closeMail() {
  opening += 1;
  state.open = null;
  state.mail = null;
  state.mailPhase = 'none';
  document.body.dataset.view = 'list';
  markOpenRow();
  drawReader();
}

function note(seq) {
  const hash = '#' + seq;
  if (location.hash === hash) return;
  // One step back leads to the list, however many mails were looked through.
  if (state.open === null) history.pushState({ mail: true }, '', hash);
  else history.replaceState(history.state, '', hash);
}

function leaveMail() {
  const from = state.open;
  if (history.state && history.state.mail) history.back();
  else {
    history.replaceState(null, '', location.pathname + location.search);
    closeMail();
  }
  byId('list').focus();
  if (from !== null) byId('mail-' + from)?.scrollIntoView({ block: 'nearest' });
}

function step(by) {
  if (state.mails.length === 0) return;
  const at = state.mails.findIndex((mail) => mail.seq === state.open);
  const next = state.mails[at === -1 ? 0 : at + by];
  if (next) openMail(next.seq, true);
  if (at + by >= state.mails.length - 3) loadMore();
}

function drawReader() {
  const reader = byId('reader');
  const draw = { none: chooseOne, loading: waiting, gone: () => readerProblem('mail_gone'), error: () => readerProblem('mail_error'), ready: () => wholeMail(state.mail) };
  reader.replaceChildren(...draw[state.mailPhase]());
  if (state.mailPhase === 'ready') drawPanel();
  drawSteps();
}

function chooseOne() {
  return [el('div', { class: 'note middle' }, envelope(), el('h2', {}, t('choose_title')), el('p', {}, t('choose_text')))];
}

function waiting() {
  return [readerTools(), el('div', { class: 'head ghost', 'aria-label': t('loading') }, el('i'), el('i'), el('i'))];
}

function readerProblem(key) {
  const again = key === 'mail_error' ? () => openMail(state.open, false) : leaveMail;
  const label = key === 'mail_error' ? t('retry') : t('back');
  return [
    readerTools(),
    el('div', { class: 'note middle', role: 'alert' }, el('p', {}, t(key)), el('button', { type: 'button', class: 'strong', on: { click: again } }, label)),
  ];
}

function readerTools() {
  return el(
    'div',
    { class: 'tools' },
    tool('back', 'back', leaveMail, 'leave'),
    el('span', { class: 'gap' }),
    tool('up', 'newer', () => step(-1), '', 'newer'),
    tool('down', 'older', () => step(1), '', 'older'),
    state.mailPhase === 'ready' && el('a', { class: 'round', href: base + '/mails/' + state.open + '/raw', download: 'mail-' + state.open + '.eml', title: t('download'), 'aria-label': t('download') }, icon('download')),
  );
}

function tool(picture, key, act, extra, id) {
  return el('button', { type: 'button', class: 'round ' + extra, id, title: t(key), 'aria-label': t(key), on: { click: act } }, icon(picture));
}

function drawSteps() {
  const at = state.mails.findIndex((mail) => mail.seq === state.open);
  if (byId('newer')) byId('newer').disabled = at === 0;
  if (byId('older')) byId('older').disabled = at === state.mails.length - 1 && state.next === null;
}

function wholeMail(mail) {
  return [
    el('header', { class: 'head' }, readerTools(), el('h2', { id: 'mail-title', tabindex: '-1' }, mail.subject || t('no_subject')), people(mail), marks(mail)),
    mail.problem && el('p', { class: 'warning', role: 'alert' }, mail.problem),
    el('div', { class: 'bar' }, tabs(mail), widths()),
    el('div', { class: 'panel', id: 'panel', role: 'tabpanel', tabindex: '0' }),
  ].filter(Boolean);
}

function people(mail) {
  const sender = person(mail.from);
  const receivers = mail.envelope.to;
  const named = person(mail.to);
  return el(
    'div',
    { class: 'persons' },
    el('span', { class: 'avatar big ' + hue(sender.address), 'aria-hidden': 'true' }, initials(sender.name)),
    el(
      'dl',
      {},
      el('div', {}, el('dt', {}, t('from')), el('dd', {}, el('b', {}, sender.name || t('no_sender')), sender.name !== sender.address && el('span', { class: 'soft' }, ' ' + sender.address))),
      el('div', {}, el('dt', {}, t('to')), el('dd', {}, ...receivers.map((address) => receiver(address, named)))),
    ),
    el('p', { class: 'when' }, el('time', { datetime: new Date(mail.date).toISOString(), title: t('caught') + ': ' + longTime(mail.caught_at) }, longTime(mail.date)), el('span', {}, size(mail.raw_size))),
  );
}

function receiver(address, named) {
  const label = named.address.toLowerCase() === address.toLowerCase() ? full(named) : address;
  return el('button', { type: 'button', class: 'who', title: t('only_this_person', { who: address }), on: { click: () => showOnly(address) } }, label);
}

function showOnly(address) {
  setFilter({ to: address });
  if (narrow.matches) leaveMail();
}

function marks(mail) {
  const names = ['stage', 'tone', 'workflow', 'template', 'language'].filter((name) => mail[name]);
  if (names.length === 0) return null;
  const value = (name) => (name === 'language' ? languageName(mail[name]) : spoken(mail[name]));
  const look = { tone: hue(mail.tone || ''), stage: hue(mail.stage || '') };
  return el(
    'ul',
    { class: 'marks' },
    ...names.map((name) => el('li', { class: 'chip ' + (look[name] || 'line') }, el('span', { class: 'soft' }, t(name === 'language' ? 'language_of_mail' : name)), ' ', el('b', {}, value(name)))),
  );
}

function tabs(mail) {
  const list = el('div', { class: 'tabs', role: 'tablist', 'aria-label': t('views'), on: { keydown: moveTab } });
  const links = mail.links.length;
  for (const name of TABS) {
    const badge = name === 'links' && links > 0 && el('span', { class: 'badge' }, String(links));
    list.append(el('button', { type: 'button', role: 'tab', id: 'tab-' + name, 'data-tab': name, 'aria-controls': 'panel', on: { click: () => showTab(name) } }, t(name), badge));
  }
  return list;
}

function moveTab(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  showTab(TABS[(TABS.indexOf(state.tab) + by + TABS.length) % TABS.length]);
  byId('tab-' + state.tab).focus();
}

function showTab(name) {
  state.tab = name;
  state.wantedTab = name;
  drawPanel();
}

function widths() {
  const choice = (name) => el('button', { type: 'button', 'data-width': name, title: t(name), 'aria-label': t(name), on: { click: () => setWidth(name) } }, icon(name));
  return el('div', { class: 'segments widths', id: 'widths', role: 'group', 'aria-label': t('width') }, choice('desktop'), choice('phone'));
}

function setWidth(name) {
  state.width = name;
  drawWidth();
}

function drawWidth() {
  for (const button of byId('widths').children) button.setAttribute('aria-pressed', String(button.dataset.width === state.width));
  byId('widths').classList.toggle('away', state.tab !== 'email' || state.mail.html === undefined);
  const frame = byId('frame');
  if (frame) frame.dataset.width = state.width;
}

function drawPanel() {
  for (const tab of document.querySelectorAll('[role="tab"]')) {
    const chosen = tab.dataset.tab === state.tab;
    tab.setAttribute('aria-selected', String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
  const panel = byId('panel');
  panel.dataset.tab = state.tab;
  panel.setAttribute('aria-labelledby', 'tab-' + state.tab);
  const draw = { email: emailPanel, text: textPanel, links: linksPanel, headers: headersPanel, raw: rawPanel };
  panel.replaceChildren(...draw[state.tab](state.mail));
  panel.scrollTop = 0;
  drawWidth();
}

function emailPanel(mail) {
  if (mail.html === undefined) return [missing('no_html')];
  const frame = el('iframe', { sandbox: '', src: base + '/mails/' + mail.seq + '/html', title: t('mail_body'), referrerpolicy: 'no-referrer' });
  return [el('div', { class: 'frame', id: 'frame', 'data-width': state.width }, frame), el('p', { class: 'hint' }, t('inert_hint'))];
}

function textPanel(mail) {
  return [mail.text === undefined ? missing('no_text') : el('pre', { class: 'text' }, mail.text)];
}

function linksPanel(mail) {
  if (mail.links.length === 0) return [missing('no_links')];
  const item = ({ url, label }) => el('li', {}, el('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, el('b', {}, label || t('link_image')), icon('out')), el('code', {}, url));
  return [el('ol', { class: 'links' }, ...mail.links.map(item))];
}

function headersPanel(mail) {
  const line = ({ key, value }) => el('tr', {}, el('th', { scope: 'row' }, key), el('td', {}, value));
  return [el('table', { class: 'headers' }, el('tbody', {}, ...mail.headers.map(line)))];
}

function rawPanel(mail) {
  const place = el('pre', { class: 'raw' }, t('loading'));
  const parts = el('div', {}, place);
  ask('/mails/' + mail.seq + '/raw')
    .then((response) => response.text())
    .then((text) => {
      place.textContent = text.slice(0, MOST_RAW);
      if (text.length > MOST_RAW) parts.prepend(el('p', { class: 'warning' }, t('raw_cut')));
    })
    .catch(() => parts.replaceChildren(problem(t('mail_error'), drawPanel)));
  return [parts];
}

function missing(key) {
  return el('div', { class: 'note' }, el('p', {}, t(key)));
}
`;
