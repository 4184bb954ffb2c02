/** Promotions out of which no link leads: the law asks for one, and so do mailbox providers. */
import type { MessageTemplate } from '../messages.ts';
import type { Problem } from '../problem.ts';
import type { Lint } from './input.ts';

export const unsubscribeLinks: Lint = ({ templates }) =>
  Object.values(templates)
    .filter(({ purpose }) => purpose === 'promotion')
    .flatMap(withoutLink);

function withoutLink({ email }: MessageTemplate): Problem[] {
  return Object.values(email)
    .filter(({ body, layout }) => !/\bunsubscribe_url\b/.test(withoutComments(body.text + layout.text)))
    .map(({ body, layout }) => ({
      file: body.file,
      line: 1,
      column: 1,
      message: `a promotion needs a way out; put <a href="{{url unsubscribe_url}}">…</a> here or into ${layout.file}`,
      severity: 'error',
    }));
}

function withoutComments(mjml: string): string {
  return mjml.replace(/<!--[^]*?-->|\{\{!--[^]*?--\}\}|\{\{![^]*?\}\}/g, '');
}
