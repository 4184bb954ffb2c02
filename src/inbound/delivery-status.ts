/** Delivery status notifications: RFC 3464, with what is often wrong in them. */
import type { ReportKind } from '../core/messages/report.ts';
import { bounceClass, statusIn } from './bounce-class.ts';
import { fieldGroups, valueOf } from './fields.ts';
import type { Field } from './fields.ts';
import { firstAddress } from './mail-address.ts';
import type { Finding } from './make-report.ts';
import { wordsAbout } from './notice.ts';
import type { Notice } from './notice.ts';
import { writtenTo } from './plain-bounce.ts';

/** Types of the part that carries the fields. */
export const DELIVERY_STATUS = /^message\/(?:global-|x?)delivery-status$/;

/**
 * One finding for each recipient that the fields tell of, none for those passed on to others; undefined where they tell
 * of no recipient at all.
 */
export function readDeliveryStatus(
  fields: string,
  notice: Notice,
  returned: readonly Field[],
): Finding[] | undefined {
  const all = recipients(fields);
  if (all.length === 0) return undefined;
  return all.slice(0, MOST_RECIPIENTS).flatMap((recipient) => toFinding(recipient, notice, returned) ?? []);
}

/** A report that names more is one of many, or made to harm. */
const MOST_RECIPIENTS = 200;

/** Fields of recipients, also where the blank line before them, or between two, is missing. */
function recipients(text: string): Field[][] {
  return fieldGroups(text)
    .flatMap(splitAtRepeats)
    .filter((fields) => fields.some(({ name }) => OF_RECIPIENT.has(name)));
}

const OF_RECIPIENT: ReadonlySet<string> = new Set(['final-recipient', 'original-recipient', 'action']);

function splitAtRepeats(fields: readonly Field[]): Field[][] {
  const groups: Field[][] = [[]];
  for (const field of fields) {
    const last = groups.at(-1) ?? [];
    const isRepeat = field.name === 'final-recipient' && valueOf(last, 'final-recipient') !== '';
    if (isRepeat) groups.push([field]);
    else last.push(field);
  }
  return groups;
}

function toFinding(
  fields: readonly Field[],
  notice: Notice,
  returned: readonly Field[],
): Finding | undefined {
  const said = withoutType(valueOf(fields, 'diagnostic-code'));
  const status = statusIn(valueOf(fields, 'status'));
  const kind = kindOf(valueOf(fields, 'action').toLowerCase(), status ?? statusIn(said));
  if (kind === undefined) return undefined;
  const address = recipientOf(fields) || writtenTo(returned);
  const words = wordsAbout(notice, address);
  const of = kind === 'bounced' ? bounceClass({ status, said, notice: words }) : null;
  return { kind, class: of, address, status, diagnostic: said === '' ? words : said };
}

/** `smtp; 550 …` */
function withoutType(value: string): string {
  return value.replace(/^[A-Za-z][\w-]{0,40} {0,3};/, '').trim();
}

/** The address that was tried last; the one that we wrote to where that is a file, a program or a route. */
function recipientOf(fields: readonly Field[]): string {
  const [final = '', original = ''] = ['final-recipient', 'original-recipient'].map((name) =>
    withoutType(valueOf(fields, name)),
  );
  const isAddress = /^<?[^\s|/@:]{1,128}@[^\s@]{1,255}>?$/.test(final) || firstAddress(original) === '';
  return firstAddress(isAddress ? final : original);
}

/** Undefined where nothing is known of the end: passed on to a server that does not report, or to a list. */
function kindOf(action: string, status: string | null): ReportKind | undefined {
  const [word = ''] = /^[a-z]+/.exec(action) ?? [];
  if (word === 'relayed' || word === 'expanded') return undefined;
  if (word === 'failed') return 'bounced';
  if (word === 'delayed') return 'delayed';
  if (word === 'delivered' || status?.startsWith('2')) return 'delivered';
  // Without a word that is known, only a permanent status is a bounce.
  return word === 'expired' || status?.startsWith('5') ? 'bounced' : 'delayed';
}
