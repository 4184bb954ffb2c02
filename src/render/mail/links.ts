/** Links that lead nowhere, that scanners distrust, or that say one address and lead to another. */
import { elementsOf, wordsIn, type HtmlElement } from './html-tree.ts';
import type { MailFinding, MailLint } from './mail.ts';

export const links: MailLint = ({ tree }) =>
  [...elementsOf(tree)]
    .filter(({ name, attributes }) => (name === 'a' || name === 'area') && attributes.has('href'))
    .flatMap(linkFindings);

function linkFindings(link: HtmlElement): MailFinding[] {
  const href = (link.attributes.get('href') ?? '').trim();
  const words = wordsIn(link);
  const [severity, message] = verdictOf(href, words) ?? [];
  if (severity === undefined || message === undefined) return [];
  const code = href === '' ? ['href=""'] : [`"${href}"`, `"${href.replaceAll('&', '&amp;')}"`, href];
  return [{ clue: { file: 'body', code, quote: words }, severity, message }];
}

type Verdict = readonly [severity: 'error' | 'warning', message: string];

function verdictOf(href: string, words: string): Verdict | undefined {
  const named = words === '' ? 'this link' : `the link "${shortened(words)}"`;
  if (href === '') return ['warning', `${named} leads nowhere; give it an address, or leave it out`];
  const bare = Array.from(href)
    .filter((letter) => letter > ' ')
    .join('');
  if (/^(javascript|vbscript|data):/i.test(bare))
    return ['error', `${named} runs script or holds data; lead to an https address`];
  if (!/^(https?|mailto):/i.test(href))
    return ['warning', `${named} leads to "${shortened(href)}"; only http, https and mailto open everywhere`];
  return /^mailto:/i.test(href) ? undefined : webVerdict(href, words, named);
}

function webVerdict(href: string, words: string, named: string): Verdict | undefined {
  if (!URL.canParse(href)) return ['warning', `${named} leads to "${shortened(href)}", which is no address`];
  const { hostname } = new URL(href);
  const host = bareHost(hostname);
  if (/^\[|^\d+(\.\d+){3}$/.test(hostname))
    return ['warning', `${named} leads to the number ${hostname}, as forged mail does; write a host name`];
  if (SHORTENERS.has(host))
    return ['warning', `${named} hides behind ${host}, which filters distrust; write the whole address`];
  const shown = hostIn(words);
  if (shown === undefined || shown === host || host.endsWith(`.${shown}`)) return undefined;
  return [
    'warning',
    `${named} leads to ${host}, as forged mail does; show the address it leads to, or words`,
  ];
}

/** The host that a text claims to be; undefined for other words. */
function hostIn(words: string): string | undefined {
  const [, host] =
    /^(?:https?:\/\/)?((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})(?::\d+)?(?:[/?#]\S*)?$/iu.exec(words) ?? [];
  return host === undefined ? undefined : bareHost(host);
}

function bareHost(host: string): string {
  return host.toLowerCase().replace(/^www\./, '');
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** Hosts that hide where a link leads. */
const SHORTENERS = new Set(
  `bit.ly bit.do bitly.com buff.ly cutt.ly goo.gl is.gd j.mp lnkd.in ow.ly rb.gy rebrand.ly s.id short.io shorturl.at
   t.co t.ly tiny.cc tinyurl.com v.gd acortar.link x.gd`.split(/\s+/),
);
