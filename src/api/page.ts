/** The small pages behind links in messages: no script, nothing from elsewhere, nothing kept. */
import type { FastifyReply } from 'fastify';

export interface Page {
  readonly status: number;
  readonly language: string;
  readonly title: string;
  readonly sentence: string;
  /** HTML below the sentence, such as a form. */
  readonly below?: string;
}

export function sendPage(reply: FastifyReply, page: Page): FastifyReply {
  return reply
    .code(page.status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'`,
    ).send(`<!doctype html><html lang="${page.language}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">
<title>${escapeHtml(page.title)}</title>
<style>${STYLE}</style>
<main><p>${escapeHtml(page.sentence)}</p>${page.below ?? ''}</main></html>`);
}

const STYLE = `:root{color-scheme:light dark}body{font:18px/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1.5rem}
button{font:inherit;padding:.7em 1.4em;border:0;border-radius:.5em;background:#b3400e;color:#fff;cursor:pointer}
fieldset{border:0;margin:0 0 1.2em;padding:0}legend{padding:0}.scores{display:flex;flex-wrap:wrap;gap:.4em .9em}
textarea{font:inherit;box-sizing:border-box;width:100%;margin:.3em 0 1.2em}.ends{display:flex;justify-content:space-between;font-size:.8em}`;

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
