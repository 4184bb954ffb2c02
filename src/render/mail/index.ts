/** Whether a finished message will arrive, be read and be let go of: rules over its HTML, its text and its subject. */
import { clientSupport } from './client-support.ts';
import { contrast } from './contrast.ts';
import { darkMode } from './dark-mode.ts';
import { readHtml } from './html-tree.ts';
import { leftovers } from './leftovers.ts';
import { links } from './links.ts';
import type { Mail, MailFinding, MailLint } from './mail.ts';
import { postalAddress } from './postal-address.ts';
import { size } from './size.ts';
import { subject } from './subject.ts';
import { textPart } from './text-part.ts';
import { wayOut } from './way-out.ts';

export type { Clue, MailFinding } from './mail.ts';

/** A new lint is a file beside these and a line here. */
const LINTS: readonly MailLint[] = [
  size,
  subject,
  textPart,
  leftovers,
  wayOut,
  postalAddress,
  darkMode,
  links,
  contrast,
  clientSupport,
];

export function checkMail(mail: Omit<Mail, 'tree'>): MailFinding[] {
  const whole: Mail = { ...mail, tree: readHtml(mail.html) };
  return LINTS.flatMap((lint) => lint(whole));
}
