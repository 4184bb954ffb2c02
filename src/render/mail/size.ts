/** Gmail cuts a message off at about this size, and its end with the way out is then behind a link. */
import type { MailLint } from './mail.ts';

const MOST_BYTES = 102 * 1024;

export const size: MailLint = ({ html }) => {
  const bytes = Buffer.byteLength(html);
  if (bytes <= MOST_BYTES) return [];
  const message = `the HTML has ${Math.ceil(bytes / 1024)} kB, and Gmail cuts off what is behind 102 kB; shorten the message, or link to a page`;
  return [{ clue: { file: 'body' }, severity: 'warning', message }];
};
