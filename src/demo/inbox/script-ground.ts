/** Page script, first part: what the page knows, words, dates, and the making of elements. */
export const SCRIPT_GROUND = String.raw`
const base = document.documentElement.dataset.base;
const byId = (id) => document.getElementById(id);
const narrow = matchMedia('(max-width: 760px)');
const dark = matchMedia('(prefers-color-scheme: dark)');

const state = {
  language: recall('language', ['en', 'es']) || document.documentElement.lang,
  theme: recall('theme', ['light', 'dark']),
  live: 'connecting',
  phase: 'loading',
  mails: [],
  next: null,
  count: 0,
  address: '',
  facets: { tone: {}, language: {}, workflow: {} },
  filter: { q: '', tone: '', language: '', workflow: '', to: '' },
  read: new Set(),
  unseen: 0,
  open: null,
  mail: null,
  mailPhase: 'none',
  tab: 'email',
  wantedTab: 'email',
  width: 'desktop',
};

function recall(key, allowed) {
  try {
    const value = localStorage.getItem('etapa-inbox-' + key);
    return allowed.includes(value) ? value : null;
  } catch {
    return null;
  }
}

function remember(key, value) {
  try {
    localStorage.setItem('etapa-inbox-' + key, value);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

function t(key, values = {}) {
  return WORDS[state.language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'on') for (const [type, listener] of Object.entries(value)) element.addEventListener(type, listener);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  const use = document.createElementNS(space, 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', '#i-' + name);
  svg.append(use);
  return svg;
}

function person(header) {
  const first = /^\s*(?:"([^"]*)"|([^<,"]*?))\s*<([^<>]+)>/.exec(header);
  if (first) return { name: (first[1] || first[2] || first[3]).trim(), address: first[3] };
  const address = header.split(',')[0].trim();
  return { name: address, address };
}

function full({ name, address }) {
  return name === address ? address : name + ' <' + address + '>';
}

function initials(name) {
  const letters = name.split(/[\s@._-]+/).filter(Boolean).slice(0, 2).map((word) => [...word][0]);
  return letters.join('').toLocaleUpperCase() || '?';
}

function hue(word) {
  let sum = 5381;
  for (const character of word) sum = (Math.imul(sum, 37) + character.codePointAt(0)) >>> 0;
  return 'hue-' + (((sum ^ (sum >>> 15)) >>> 0) % 7);
}

function spoken(value) {
  return value.replace(/_/g, ' ');
}

function languageName(code) {
  try {
    return new Intl.DisplayNames([state.language], { type: 'language' }).of(code);
  } catch {
    return code;
  }
}

// The reader's own regional habits where the browser speaks the chosen language.
function locale() {
  return navigator.languages.find((tag) => tag.slice(0, 2) === state.language) || state.language;
}

function shortTime(instant) {
  const date = new Date(instant);
  const now = new Date();
  const time = { hour: '2-digit', minute: '2-digit' };
  if (date.toDateString() === now.toDateString()) return date.toLocaleTimeString(locale(), time);
  const day = { day: 'numeric', month: 'short' };
  const sameYear = date.getFullYear() === now.getFullYear();
  return date.toLocaleString(locale(), sameYear ? { ...day, ...time } : { ...day, year: 'numeric' });
}

function longTime(instant) {
  return new Date(instant).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'medium' });
}

function size(bytes) {
  const kilo = { style: 'unit', unit: bytes < 1024 ? 'byte' : 'kilobyte', maximumFractionDigits: 1 };
  return new Intl.NumberFormat(state.language, kilo).format(bytes < 1024 ? bytes : bytes / 1024);
}

function counted(n, one, many) {
  return n === 1 ? t(one) : t(many, { n: n.toLocaleString(state.language) });
}

function announce(text) {
  byId('announcer').textContent = text;
}

async function ask(path, options) {
  const response = await fetch(base + path, options);
  if (!response.ok) throw Object.assign(new Error('HTTP ' + response.status), { status: response.status });
  return response;
}
`;
