/**
 * Promotions say where the sender can be written to, in the HTML and in the text (CAN-SPAM, 15 U.S.C. 7704 (a)(5);
 * CASL, section 6 (2)).
 */
import { wordsIn } from './html-tree.ts';
import type { MailLint } from './mail.ts';

export const postalAddress: MailLint = ({ purpose, tree, text, postal_address }) => {
  if (purpose !== 'promotion') return [];
  const address = inOneLine(postal_address);
  const parts = [
    ...(inOneLine(wordsIn(tree)).includes(address) ? [] : ['HTML']),
    ...(inOneLine(text).includes(address) ? [] : ['text part']),
  ];
  return parts.map((where) => {
    const message = `the ${where} of this promotion does not say the sender's postal address; put {{sender.postal_address}} here or into the layout`;
    return { clue: { file: 'body' }, severity: 'error', message };
  });
};

function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
