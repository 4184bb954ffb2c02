/** With whom the fault of a bounce lies. */
import type { ReportClass } from '../../core/messages/report.ts';

/** What a provider's own word for a bounce means, by its documentation. */
export interface Fault {
  readonly class: ReportClass;
  /** Otherwise a status code of the receiving server tells more than the provider does. */
  readonly is_certain: boolean;
}

export function certain(of: ReportClass): Fault {
  return { class: of, is_certain: true };
}

export function likely(of: ReportClass): Fault {
  return { class: of, is_certain: false };
}

export function classOf(fault: Fault, status: string | null, diagnostic: string | null): ReportClass {
  if (fault.is_certain) return fault.class;
  return classOfStatus(status) ?? (FULL.test(diagnostic ?? '') ? 'mailbox' : fault.class);
}

/** RFC 3463, the first such code of a text: not within the number of a host, as in 5.1.2.3. */
export function statusIn(text: string | null): string | null {
  return /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)/.exec(text ?? '')?.[0] ?? null;
}

const FULL = /\bmailbox (?:is )?full\b|\b(?:over|exceeded)[ -](?:the )?quota\b|\bquota (?:is )?exceeded\b/i;

/** RFC 3463, section 3; undefined where the code says nothing about whom. */
function classOfStatus(status: string | null): ReportClass | undefined {
  const [, permanence, subject, detail = ''] = /^([45])\.(\d+)\.(\d+)$/.exec(status ?? '') ?? [];
  // A domain that cannot be found today may be found tomorrow.
  if (subject === '1') return permanence === '5' ? ADDRESSES.get(detail) : undefined;
  if (subject === '2') return detail === '3' ? 'content' : detail === '4' ? undefined : 'mailbox';
  if (subject === '3') return detail === '4' ? 'content' : undefined;
  if (subject === '6') return 'content';
  return subject === '7' ? 'sender' : undefined;
}

/** X.1.7 and X.1.8 speak of the sender's address; 10 is a null MX (RFC 7505). */
const ADDRESSES: ReadonlyMap<string, ReportClass> = new Map([
  ...(['1', '2', '3', '6', '10'] as const).map((detail) => [detail, 'address'] as const),
  ['7', 'sender'],
  ['8', 'sender'],
]);
