/** Promotions out of which no way leads: the law asks for one, and so do mailbox providers. */
import type { MessageTemplate } from '../messages.ts';
import type { Problem } from '../problem.ts';
import type { Lint } from './input.ts';

export const unsubscribeLinks: Lint = ({ templates }) =>
  Object.values(templates)
    .filter(({ purpose }) => purpose === 'promotion')
    .flatMap((template) => [...withoutLink(template), ...withoutStop(template)]);

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

/** A text message may also say which word ends it. */
function withoutStop({ texts }: MessageTemplate): Problem[] {
  return Object.values(texts.sms)
    .filter(({ text }) => !/\bunsubscribe_url\b|\b(?:STOP|BAJA)\b/.test(withoutComments(text)))
    .map(({ file }) => ({
      file,
      line: 1,
      column: 1,
      message:
        'a promotion needs a way out; put {{unsubscribe_url}} here, or say that STOP ends it where your provider looks after that',
      severity: 'error',
    }));
}

function withoutComments(text: string): string {
  return text.replace(/<!--[^]*?-->|\{\{!--[^]*?--\}\}|\{\{![^]*?\}\}/g, '');
}
