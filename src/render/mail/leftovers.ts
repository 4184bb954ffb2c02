/** Braces that were never filled in. */
import { wordsIn } from './html-tree.ts';
import type { MailFinding, MailLint } from './mail.ts';

export const leftovers: MailLint = ({ subject, tree }) => [
  ...leftoversIn(subject, 'subject'),
  ...leftoversIn(wordsIn(tree), 'body'),
];

function leftoversIn(words: string, file: 'subject' | 'body'): MailFinding[] {
  return [...words.matchAll(/\{\{[^{}]{0,40}(?:\}\})?/g)].map(([quote]) => {
    const message = `"${quote.trim()}" would be read as it stands; write the braces themselves, not &#123; or &lcub;`;
    const code = [`&#123;&#123;`, '&lcub;&lcub;', '&lbrace;&lbrace;', '&#x7b;&#x7b;', '&#x7B;&#x7B;'];
    return { clue: { file, quote, code }, severity: 'error', message };
  });
}
