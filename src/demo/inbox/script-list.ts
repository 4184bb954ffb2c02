/** Page script, second part: the list, its filters, its pages, and what arrives live. */
export const SCRIPT_LIST = String.raw`
const MOST_ROWS = 600;
let asked = 0;
let fetchingNew = false;
let newsWaits = false;
let typing;

function listPath(extra = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...state.filter, ...extra })) if (value !== '') query.set(name, value);
  return '/mails.json?' + query;
}

function isFiltered() {
  return Object.values(state.filter).some((value) => value !== '');
}

async function load() {
  const turn = ++asked;
  state.phase = 'loading';
  drawList();
  try {
    const answer = await (await ask(listPath())).json();
    if (turn !== asked) return;
    takeAnswer(answer);
    state.mails = answer.mails;
    state.next = answer.next;
    state.phase = 'ready';
    state.unseen = 0;
  } catch {
    if (turn !== asked) return;
    state.phase = 'error';
  }
  drawList();
  catchUp();
}

function catchUp() {
  if (!newsWaits || state.phase === 'error') return;
  newsWaits = false;
  loadNew();
}

async function loadMore() {
  if (state.next === null || state.phase !== 'ready') return;
  const turn = asked;
  state.phase = 'more';
  drawBelow();
  try {
    const answer = await (await ask(listPath({ before: state.next }))).json();
    if (turn !== asked) return;
    takeAnswer(answer);
    state.mails.push(...answer.mails);
    state.next = answer.next;
    state.phase = 'ready';
    byId('list').append(...answer.mails.map((mail) => row(mail)));
  } catch {
    if (turn !== asked) return;
    state.phase = 'more-error';
  }
  drawBelow();
}

async function loadNew() {
  if (state.phase === 'error') return load();
  if (fetchingNew || state.phase === 'loading') return void (newsWaits = true);
  fetchingNew = true;
  const turn = asked;
  try {
    const newest = state.mails.length > 0 ? state.mails[0].seq : 0;
    const answer = await (await ask(listPath({ after: newest }))).json();
    if (turn === asked) takeNew(answer);
  } catch {
    // The stream reports a lost connection, and asks again when it is back.
  }
  fetchingNew = false;
  catchUp();
}

function takeNew(answer) {
  if (answer.next !== null || answer.count < state.count) return load();
  takeAnswer(answer);
  if (answer.mails.length > 0) {
    state.mails.unshift(...answer.mails);
    if (state.mails.length === answer.mails.length) state.next = null;
    byId('list').prepend(...answer.mails.map((mail) => row(mail, 'arrived')));
    tellOfNew(answer.mails);
    trimRows();
  }
  drawCount();
  drawBelow();
  drawSteps();
}

function tellOfNew(mails) {
  const [mail] = mails;
  const subject = mail.subject || t('no_subject');
  announce(
    mails.length === 1 ? t('new_from', { who: person(mail.to).name, subject }) : counted(mails.length, 'one_new', 'many_new'),
  );
  if (byId('scroll').scrollTop > 60) {
    state.unseen += mails.length;
    drawNews();
  }
}

function trimRows() {
  if (state.phase !== 'ready' || state.mails.length <= MOST_ROWS || byId('scroll').scrollTop > 60) return;
  state.mails.length = MOST_ROWS / 2;
  state.next = state.mails[state.mails.length - 1].seq;
  const list = byId('list');
  while (list.children.length > state.mails.length) list.lastElementChild.remove();
}

function takeAnswer(answer) {
  state.count = answer.count;
  state.facets = answer.facets;
  state.address = answer.address;
  drawFilters();
}

function drawList() {
  const list = byId('list');
  const waiting = state.phase === 'loading' && state.mails.length === 0;
  list.setAttribute('aria-busy', String(state.phase === 'loading'));
  list.replaceChildren(...(state.phase === 'error' || waiting ? [] : state.mails.map((mail) => row(mail))));
  list.hidden = list.children.length === 0;
  markOpenRow();
  drawCount();
  drawNews();
  drawBelow();
  drawSteps();
}

function row(mail, extra = '') {
  const sender = person(mail.from);
  const receiver = person(mail.to);
  const unread = state.read.has(mail.seq) ? '' : ' unread';
  const open = state.open === mail.seq;
  return el(
    'li',
    { id: 'mail-' + mail.seq, role: 'option', class: 'row ' + extra + unread, 'aria-selected': String(open), on: { click: () => openMail(mail.seq, true) } },
    el('span', { class: 'avatar ' + hue(receiver.address), 'aria-hidden': 'true' }, initials(receiver.name)),
    el(
      'div',
      { class: 'about' },
      el(
        'div',
        { class: 'people' },
        el('span', { class: 'names', title: full(sender) + ' → ' + full(receiver) }, sender.name || t('no_sender'), ' → ', receiver.name),
        el('time', { datetime: new Date(mail.date).toISOString(), title: longTime(mail.date) }, shortTime(mail.date)),
      ),
      el('div', { class: 'subject' }, mail.subject || t('no_subject')),
      rowChips(mail),
    ),
  );
}

function rowChips(mail) {
  if (!mail.tone && !mail.language && !mail.workflow) return null;
  return el(
    'div',
    { class: 'chips' },
    mail.tone && el('span', { class: 'chip ' + hue(mail.tone), title: t('tone') }, spoken(mail.tone)),
    mail.language && el('span', { class: 'chip code', title: languageName(mail.language) }, mail.language.toUpperCase()),
    mail.workflow && el('span', { class: 'chip line', title: t('workflow') }, icon('flow'), spoken(mail.workflow)),
  );
}

function drawCount() {
  const shown = isFiltered() ? state.mails.length + (state.next === null ? '' : '+') + ' / ' : '';
  byId('count').textContent = state.phase === 'error' ? '' : shown + counted(state.count, 'one_mail', 'many_mails');
  byId('reset').hidden = !isFiltered();
  const only = byId('only-to');
  only.hidden = state.filter.to === '';
  only.replaceChildren(t('all_to', { who: state.filter.to }), icon('close'));
  byId('clear').disabled = state.count === 0;
  byId('reader').classList.toggle('quiet', state.count === 0);
}

function drawNews() {
  const news = byId('news');
  news.hidden = state.unseen === 0;
  news.replaceChildren(icon('up'), counted(state.unseen, 'one_new', 'many_new'));
}

function drawBelow() {
  byId('below').replaceChildren(...below());
  byId('list').hidden = state.mails.length === 0 || state.phase === 'error';
}

function below() {
  if (state.phase === 'error') return [problem(t('list_error'), load)];
  if (state.phase === 'loading') return state.mails.length === 0 ? Array.from({ length: 8 }, ghostRow) : [];
  if (state.phase === 'more') return [el('p', { class: 'more' }, t('loading'))];
  if (state.phase === 'more-error') return [problem(t('list_error'), retryMore)];
  if (state.mails.length === 0) return [isFiltered() ? nothingFound() : nothingYet()];
  if (state.next === null) return [];
  const more = el('button', { type: 'button', class: 'plain more', on: { click: loadMore } }, t('more'));
  endInSight.disconnect();
  endInSight.observe(more);
  return [more];
}

function retryMore() {
  state.phase = 'ready';
  loadMore();
}

function ghostRow() {
  return el('div', { class: 'row ghost', 'aria-hidden': 'true' }, el('span', { class: 'avatar' }), el('div', { class: 'about' }, el('i'), el('i'), el('i')));
}

function problem(text, again) {
  return el('div', { class: 'note', role: 'alert' }, el('p', {}, text), el('button', { type: 'button', class: 'strong', on: { click: () => again() } }, t('retry')));
}

function nothingYet() {
  return el('div', { class: 'note' }, envelope(), el('h2', {}, t('empty_title')), el('p', {}, t('empty_text')), el('code', {}, state.address));
}

function nothingFound() {
  return el('div', { class: 'note' }, el('h2', {}, t('nothing_title')), el('p', {}, t('nothing_text')), el('button', { type: 'button', class: 'strong', on: { click: resetFilters } }, t('reset')));
}

function envelope() {
  return el('div', { class: 'envelope', 'aria-hidden': 'true' }, el('span'), el('span'), el('span'));
}

function drawFilters() {
  const labels = { tone: spoken, language: languageName, workflow: spoken };
  for (const [name, label] of Object.entries(labels)) {
    const chosen = state.filter[name];
    const counts = chosen && !state.facets[name][chosen] ? { ...state.facets[name], [chosen]: 0 } : state.facets[name];
    const values = Object.keys(counts).sort((a, b) => counts[b] - counts[a] || a.localeCompare(b));
    fillSelect(byId('filter-' + name), t(name === 'language' ? 'language_of_mail' : name), values.map((value) => [value, label(value) + ' (' + counts[value] + ')']), chosen);
  }
}

function fillSelect(select, unset, options, chosen) {
  const wanted = JSON.stringify([unset, options, chosen]);
  // An open menu must not be rebuilt under the pointer when nothing in it changed.
  if (select.dataset.holds === wanted) return;
  select.dataset.holds = wanted;
  select.replaceChildren(...[['', unset], ...options].map(([value, label]) => el('option', { value }, label)));
  select.value = chosen;
  select.classList.toggle('chosen', chosen !== '');
}

function setFilter(change) {
  clearTimeout(typing);
  Object.assign(state.filter, change);
  byId('search').value = state.filter.q;
  byId('scroll').scrollTop = 0;
  drawFilters();
  load();
}

function resetFilters() {
  setFilter({ q: '', tone: '', language: '', workflow: '', to: '' });
  byId('search').focus();
}

const endInSight = new IntersectionObserver(
  (entries) => {
    if (entries.some((entry) => entry.isIntersecting)) loadMore();
  },
  { root: byId('scroll'), rootMargin: '400px' },
);

function markOpenRow() {
  for (const selected of byId('list').querySelectorAll('[aria-selected="true"]')) selected.setAttribute('aria-selected', 'false');
  const open = state.open === null ? null : byId('mail-' + state.open);
  if (open) {
    open.setAttribute('aria-selected', 'true');
    open.classList.remove('unread', 'arrived');
    byId('list').setAttribute('aria-activedescendant', open.id);
  } else byId('list').removeAttribute('aria-activedescendant');
  return open;
}
`;
