/** What the pages do in a browser: the search, and frames as high as the mails in them. All is readable without it. */
export const SCRIPT = `(() => {
  const field = document.getElementById('search');
  const list = document.getElementById('found');
  const count = document.getElementById('count');
  const bare = (text) => text.normalize('NFD').replace(/[\\u0300-\\u036f]/g, '').toLowerCase();
  const pages = (window.etapaPages || []).map((entry) => ({
    ...entry,
    head: bare(entry.title + ' ' + entry.page),
    all: bare(entry.title + ' ' + entry.page + ' ' + entry.words),
  }));

  function found(text) {
    const words = bare(text).split(/\\s+/).filter(Boolean);
    if (words.length === 0) return [];
    return pages
      .filter(({ all }) => words.every((word) => all.includes(word)))
      .map((entry) => ({ entry, rank: words.filter((word) => entry.head.includes(word)).length }))
      .sort((a, b) => b.rank - a.rank)
      .slice(0, 12)
      .map(({ entry }) => entry);
  }

  function piece({ words }, text) {
    const at = Math.max(0, bare(words).indexOf(bare(text).trim().split(/\\s+/)[0]) - 30);
    return (at > 0 ? '… ' : '') + words.slice(at, at + 110);
  }

  function show() {
    const text = field.value;
    const entries = found(text);
    list.replaceChildren(
      ...entries.map((entry) => {
        const item = document.createElement('li');
        const link = document.createElement('a');
        const title = document.createElement('b');
        const small = document.createElement('small');
        link.href = entry.to;
        title.textContent = entry.title === entry.page ? entry.title : entry.title + ' · ' + entry.page;
        small.textContent = piece(entry, text);
        link.append(title, small);
        item.append(link);
        return item;
      }),
    );
    const asked = text.trim() !== '';
    list.hidden = !asked || entries.length === 0;
    count.textContent = !asked ? '' : entries.length === 0 ? field.dataset.none : entries.length + ' ' + field.dataset.some;
    count.className = asked && entries.length === 0 ? 'nothing' : 'unseen';
  }

  function move(step) {
    const links = [...list.querySelectorAll('a')];
    const next = links.indexOf(document.activeElement) + step;
    if (next < 0) field.focus();
    else if (links[next]) links[next].focus();
  }

  function leave() {
    field.value = '';
    show();
    field.focus();
  }

  field.addEventListener('input', show);
  list.addEventListener('click', (event) => {
    if (event.target.closest('a')) list.hidden = true;
  });
  document.addEventListener('keydown', (event) => {
    const inside = event.target === field || list.contains(event.target);
    if (event.key === '/' && !/^(INPUT|TEXTAREA)$/.test(event.target.tagName)) {
      event.preventDefault();
      field.focus();
    } else if (inside && event.key === 'ArrowDown') {
      event.preventDefault();
      move(1);
    } else if (inside && event.key === 'ArrowUp') {
      event.preventDefault();
      move(-1);
    } else if (inside && event.key === 'Escape') leave();
    else if (event.target === field && event.key === 'Enter') list.querySelector('a')?.click();
  });

  document.querySelector('nav [aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
  for (const picture of document.querySelectorAll('.picture')) {
    const room = picture.parentElement;
    room.scrollLeft = (room.scrollWidth - room.clientWidth) / 2;
  }

  function fit(frame) {
    const page = frame.contentDocument?.documentElement;
    if (!page) return;
    frame.style.height = '0';
    frame.style.height = Math.max(120, page.scrollHeight) + 2 + 'px';
  }
  for (const frame of document.querySelectorAll('iframe')) {
    frame.addEventListener('load', () => fit(frame));
    fit(frame);
  }
  for (const width of document.querySelectorAll('input[name=width]'))
    width.addEventListener('change', () => document.querySelectorAll('iframe').forEach(fit));
  addEventListener('resize', () => document.querySelectorAll('iframe').forEach(fit));
})();
`;
