/**
 * Which of our messages a mail is about, by proof alone. Anybody can write a report about anybody, so only an address
 * that we made and signed counts: the one that a report was sent to (the return path of the message, which whoever
 * refuses it is given), or the return path in the message that is given back. A Message-ID is no proof: it is in every
 * copy, for each reader to see, and so is our way of writing it.
 */
import { valuesOf } from './fields.ts';
import type { Field } from './fields.ts';
import { addressesAsWritten } from './mail-address.ts';
import type { ParsedMail } from './parse-mail.ts';

/** Of an address that we may have made and signed, the id of the message that it was made for. */
export type MessageOf = (address: string) => string | undefined;

/** Each costs a computation of a signature. */
const MOST_TRIED = 40;

export function provenMessage(
  mail: ParsedMail,
  returned: readonly Field[],
  others: readonly string[],
  messageOf: MessageOf,
): string | null {
  const places = [
    ...others,
    ...WRITTEN_TO.flatMap((name) => mail.headers(name).slice(0, 10)),
    ...RETURNED.flatMap((name) => valuesOf(returned, name).slice(0, 3)),
  ];
  // In the case in which they are written: a signature may be told by it.
  const tried = new Set(places.flatMap((text) => addressesAsWritten(text, 10)));
  for (const address of [...tried].slice(0, MOST_TRIED)) {
    const id = messageOf(address);
    if (id !== undefined) return id;
  }
  return null;
}

const WRITTEN_TO = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'to'];
const RETURNED = ['return-path', 'x-envelope-from', 'x-original-return-path'];
