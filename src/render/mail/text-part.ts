/** Whoever reads without HTML must have something to read. */
import type { MailLint } from './mail.ts';

export const textPart: MailLint = ({ text }) => {
  if (/\p{L}/u.test(text.replace(/<[^<>\s]+>/g, ''))) return [];
  const message =
    'the text part holds no words, as the message is made of pictures; write words in <mj-text>';
  return [{ clue: { file: 'body' }, severity: 'warning', message }];
};
