/** Page script, last part: language, colours, keyboard, the live stream, and the start. */
export const SCRIPT_START = String.raw`
function drawWords() {
  document.documentElement.lang = state.language;
  const product = document.querySelector('.product').textContent;
  document.title = t('inbox') + ' · ' + product;
  for (const node of document.querySelectorAll('[data-t]')) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll('[data-t-label]')) node.setAttribute('aria-label', t(node.dataset.tLabel));
  for (const node of document.querySelectorAll('[data-t-hint]')) node.placeholder = t(node.dataset.tHint);
  byId('clear').title = t('clear');
  byId('reader').setAttribute('aria-label', t('email'));
  for (const code of ['en', 'es']) byId('to-' + code).setAttribute('aria-pressed', String(code === state.language));
}

function speak(language) {
  state.language = language;
  remember('language', language);
  drawWords();
  drawTheme();
  drawLive();
  drawFilters();
  drawList();
  drawReader();
}

function isDark() {
  return state.theme === null ? dark.matches : state.theme === 'dark';
}

function drawTheme() {
  if (state.theme !== null) document.documentElement.dataset.theme = state.theme;
  const label = t(isDark() ? 'to_light' : 'to_dark');
  byId('theme').replaceChildren(icon(isDark() ? 'sun' : 'moon'));
  byId('theme').setAttribute('aria-label', label);
  byId('theme').title = label;
}

function turnTheme() {
  state.theme = isDark() ? 'light' : 'dark';
  remember('theme', state.theme);
  drawTheme();
}

function drawLive() {
  byId('live').dataset.state = state.live;
  byId('live-text').textContent = t(state.live);
}

function setLive(value) {
  state.live = value;
  drawLive();
}

function listen() {
  const stream = new EventSource(base + '/events');
  stream.addEventListener('open', () => {
    setLive('live');
    loadNew();
  });
  stream.addEventListener('news', (event) => {
    if (JSON.parse(event.data).count < state.count) load();
    else loadNew();
  });
  stream.addEventListener('error', () => {
    setLive('reconnecting');
    // A stream that was refused outright does not come back by itself.
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  });
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId('clear-dialog').open) return;
  const inField = event.target.matches('input, select, textarea');
  if (event.key === 'Escape') return leave(event);
  if (inField) return void (event.target === byId('search') && event.key === 'ArrowDown' && byId('list').focus());
  const arrowsMove = event.target === byId('list') || event.target === document.body;
  const moves = { j: 1, k: -1, ...(arrowsMove ? { ArrowDown: 1, ArrowUp: -1 } : {}) };
  if (moves[event.key]) {
    event.preventDefault();
    step(moves[event.key]);
  } else if (event.key === '/') {
    event.preventDefault();
    if (narrow.matches && state.open !== null) leaveMail();
    byId('search').focus();
    byId('search').select();
  } else if (event.key === 'Enter' && event.target === byId('list')) byId('mail-title')?.focus();
}

function leave(event) {
  const search = byId('search');
  if (event.target === search && search.value !== '') setFilter({ q: '' });
  else if (event.target === search) byId('list').focus();
  else if (state.open !== null) leaveMail();
  else if (isFiltered()) resetFilters();
  else return;
  event.preventDefault();
}

function readHash() {
  const seq = /^#(\d+)$/.exec(location.hash);
  if (seq) openMail(Number(seq[1]), false);
  else closeMail();
}

function connectControls() {
  byId('search').addEventListener('input', (event) => {
    clearTimeout(typing);
    const q = event.target.value;
    typing = setTimeout(() => setFilter({ q }), 160);
  });
  for (const select of document.querySelectorAll('[data-filter]')) {
    select.addEventListener('change', () => setFilter({ [select.dataset.filter]: select.value }));
  }
  byId('only-to').addEventListener('click', () => setFilter({ to: '' }));
  byId('reset').addEventListener('click', resetFilters);
  byId('news').addEventListener('click', () => byId('scroll').scrollTo({ top: 0, behavior: 'smooth' }));
  byId('scroll').addEventListener('scroll', () => {
    if (state.unseen === 0 || byId('scroll').scrollTop > 60) return;
    state.unseen = 0;
    drawNews();
  }, { passive: true });
  byId('theme').addEventListener('click', turnTheme);
  dark.addEventListener('change', drawTheme);
  for (const code of ['en', 'es']) byId('to-' + code).addEventListener('click', () => speak(code));
  addEventListener('keydown', onKey);
  addEventListener('popstate', readHash);
}

function connectClear() {
  const dialog = byId('clear-dialog');
  byId('clear').addEventListener('click', () => dialog.showModal());
  byId('clear-no').addEventListener('click', () => dialog.close());
  byId('clear-yes').addEventListener('click', async () => {
    dialog.close();
    try {
      await ask('/mails', { method: 'DELETE' });
      if (state.open !== null) leaveMail();
      state.mails = [];
      await load();
    } catch {
      announce(t('list_error'));
    }
  });
}

drawWords();
drawTheme();
drawLive();
drawFilters();
connectControls();
connectClear();
await load();
readHash();
listen();
`;
