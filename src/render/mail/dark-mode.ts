/** Without this meta, clients that read in the dark turn colours as they see fit. */
import { elementsOf } from './html-tree.ts';
import type { MailLint } from './mail.ts';

export const darkMode: MailLint = ({ tree }) => {
  const told = [...elementsOf(tree)].some(
    ({ name, attributes }) => name === 'meta' && attributes.get('name')?.toLowerCase() === 'color-scheme',
  );
  if (told) return [];
  const message =
    'nothing says how the message looks in the dark; put <mj-raw><meta name="color-scheme" content="light" /></mj-raw> into <mj-head>, or "light dark" with colours for both';
  return [{ clue: { file: 'layout', code: ['<mj-head'] }, severity: 'warning', message }];
};
