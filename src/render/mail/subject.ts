import type { MailLint } from './mail.ts';

const MOST_LETTERS = 100;

export const subject: MailLint = ({ subject: line }) => {
  const message = messageOf(Array.from(line).length);
  return message === undefined ? [] : [{ clue: { file: 'subject' }, severity: 'warning', message }];
};

function messageOf(letters: number): string | undefined {
  if (letters === 0) return 'the subject is empty; write one, with words that hold where fields are empty';
  if (letters <= MOST_LETTERS) return undefined;
  return `the subject has ${letters} characters, and inboxes show fewer than ${MOST_LETTERS}; shorten it`;
}
