/** The HTML of the inbox page: the frame that the script fills. */
import { WORDS } from './words.ts';
import type { PageLanguage, Words } from './words.ts';

export interface PageOptions {
  title: string;
  /** The prefix that the plug-in stands under, without a slash at its end. */
  base: string;
  language: PageLanguage;
}

/** `data-t`, `data-t-label` and `data-t-hint` name the words of text, label and placeholder, for the language switch. */
export function renderPage({ title, base, language }: PageOptions): string {
  const words = WORDS[language];
  return `<!doctype html>
<html lang="${language}" data-base="${escapeHtml(base)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${words.inbox} · ${escapeHtml(title)}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(MARK)}">
<link rel="stylesheet" href="${escapeHtml(base)}/inbox.css">
<script type="module" src="${escapeHtml(base)}/inbox.js"></script>
</head>
<body data-view="list">
${ICONS}
${renderTopBar(title, words)}
<main>
${renderListSide(words)}
<section class="reader" id="reader" aria-label="${words.email}"></section>
</main>
${renderClearDialog(words)}
<p class="unseen" id="announcer" role="status" aria-live="polite"></p>
</body>
</html>
`;
}

const MARK = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#0b6e5d"/><path d="M6 22.5c5 0 5.5-6 10-6s5-7 10-7" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/><circle cx="6.5" cy="22.5" r="2.6" fill="#fff"/><circle cx="16" cy="16.5" r="2.6" fill="#fff"/><circle cx="25.5" cy="9.5" r="2.6" fill="#ffd27a"/></svg>`;

const ICON_PATHS: Readonly<Record<string, string>> = {
  search: '<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4 4"/>',
  sun: '<circle cx="12" cy="12" r="4"/><path d="M12 3v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.400M5.6 18.4 7 17M17 7l1.4-1.4"/>',
  moon: '<path d="M20 14.500A8 8 0 1 1 9.5 4a6.5 6.5 0 0 0 10.5 10.500Z"/>',
  trash: '<path d="M5 7h14M10 7V4.500h4V7m-7.5 0 .8 12.500h9.400L17.5 7M10.5 11v5m3-5v5"/>',
  back: '<path d="M14.5 5.5 8 12l6.5 6.5"/>',
  up: '<path d="m6 14.5 6-6 6 6"/>',
  down: '<path d="m6 9.5 6 6 6-6"/>',
  download: '<path d="M12 4.500v10m-4-4 4 4 4-4M5 19.500h14"/>',
  desktop: '<rect x="3.5" y="5" width="17" height="11" rx="1.5"/><path d="M9 19.500h6m-3-3.500v3.5"/>',
  phone: '<rect x="7.5" y="3.5" width="9" height="17" rx="2"/><path d="M11 17.500h2"/>',
  close: '<path d="m7 7 10 10M17 7 7 17"/>',
  arrow: '<path d="M5 12h13m-5-5 5 5-5 5"/>',
  flow: '<circle cx="6" cy="6" r="2"/><circle cx="18" cy="18" r="2"/><path d="M8 6h5a3 3 0 0 1 3 3v7"/>',
  out: '<path d="M10 6H6v12h12v-4m-5-8h5v5m0-5-8 8"/>',
};

const ICONS = `<svg class="unseen" aria-hidden="true">${Object.entries(ICON_PATHS)
  .map(([name, paths]) => `<symbol id="i-${name}" viewBox="0 0 24 24">${paths}</symbol>`)
  .join('')}</svg>`;

function renderTopBar(title: string, words: Words): string {
  return `<header class="top">
<span class="mark" aria-hidden="true">${MARK}</span>
<h1><span class="product">${escapeHtml(title)}</span> <span data-t="inbox">${words.inbox}</span></h1>
<p class="tagline" data-t="tagline">${words.tagline}</p>
<p class="live" id="live" data-state="connecting"><span class="dot"></span><span id="live-text">${words.connecting}</span></p>
<div class="segments" role="group" data-t-label="language" aria-label="${words.language}">
<button type="button" id="to-en" lang="en" aria-label="English">EN</button><button type="button" id="to-es" lang="es" aria-label="Español">ES</button>
</div>
<button type="button" class="round" id="theme">${icon('moon')}</button>
<button type="button" class="round" id="clear" data-t-label="clear" aria-label="${words.clear}" title="${words.clear}">${icon('trash')}</button>
</header>`;
}

function renderListSide(words: Words): string {
  return `<section class="side" data-t-label="mails" aria-label="${words.mails}">
<div class="find" role="search">
<label class="search">${icon('search')}<input id="search" type="search" autocomplete="off" spellcheck="false" data-t-label="search" aria-label="${words.search}" data-t-hint="search_hint" placeholder="${words.search_hint}"><kbd>/</kbd></label>
<div class="filters" role="group" data-t-label="filters" aria-label="${words.filters}">
${renderSelect('tone', words.tone, 'tone')}
${renderSelect('language', words.language_of_mail, 'language_of_mail')}
${renderSelect('workflow', words.workflow, 'workflow')}
</div>
<div class="found"><span id="count" aria-live="off"></span><button type="button" class="pill" id="only-to" hidden></button><button type="button" class="plain" id="reset" data-t="reset" hidden>${words.reset}</button></div>
</div>
<button type="button" class="news" id="news" hidden></button>
<div class="scroll" id="scroll">
<ul class="list" id="list" role="listbox" tabindex="0" data-t-label="mails" aria-label="${words.mails}"></ul>
<div id="below"></div>
</div>
<footer class="keys"><span><kbd>J</kbd><kbd>K</kbd> <i data-t="key_move">${words.key_move}</i></span><span><kbd>/</kbd> <i data-t="key_search">${words.key_search}</i></span><span><kbd>Esc</kbd> <i data-t="key_leave">${words.key_leave}</i></span></footer>
</section>`;
}

function renderSelect(name: string, label: string, key: string): string {
  return `<select id="filter-${name}" data-filter="${name}" data-t-label="${key}" aria-label="${label}"></select>`;
}

function renderClearDialog(words: Words): string {
  return `<dialog id="clear-dialog" aria-labelledby="clear-question">
<h2 id="clear-question" data-t="clear_question">${words.clear_question}</h2>
<p data-t="clear_explained">${words.clear_explained}</p>
<p class="actions"><button type="button" id="clear-no" data-t="cancel">${words.cancel}</button><button type="button" class="danger" id="clear-yes" data-t="clear_yes">${words.clear_yes}</button></p>
</dialog>`;
}

function icon(name: string): string {
  return `<svg class="icon" aria-hidden="true"><use href="#i-${name}"/></svg>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
