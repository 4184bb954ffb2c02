import type { Channel, Delivery, Parcel } from '../engine/ports.ts';
import { phoneNumber } from '../core/messages/phone-number.ts';
import { deliverByHttp } from './deliver-by-http.ts';
import type { Reach } from './guarded-http.ts';

export interface SmsOptions {
  /** Where messages are posted to, as JSON: `{ to, from, text, id }`. */
  readonly url: string;
  /** Goes along as `Authorization: Bearer`. */
  readonly token?: string | undefined;
  /** The number or name that the message comes from, where the provider wants to be told. */
  readonly from?: string | undefined;
  readonly patience?: number;
}

const PATIENCE = 30_000;

/** Text messages by way of a provider with an HTTP API. */
export function createSmsChannel(options: SmsOptions, reach: Reach): Channel {
  return {
    name: 'sms',
    deliver: (parcel, beforeHandingOver) => deliver(options, reach, parcel, beforeHandingOver),
    close: () => Promise.resolve(),
  };
}

async function deliver(
  { url, token, from, patience = PATIENCE }: SmsOptions,
  reach: Reach,
  { id, to: written, text }: Parcel,
  beforeHandingOver: () => Promise<boolean>,
): Promise<Delivery> {
  const to = phoneNumber(written);
  if (to === undefined) return unfit('not the telephone number of one person');
  if (text === '') return unfit('the message is empty');
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const body = JSON.stringify({ to, ...(from === undefined ? {} : { from }), text, id });
  return deliverByHttp({ url: new URL(url), id, headers, body, patience }, reach, faultOf, beforeHandingOver);
}

/** Refused before the provider was asked. */
function unfit(response: string): Delivery {
  return { outcome: 'refused', response, fault: 'content' };
}

/**
 * Gone (410) and Unprocessable (422) are how providers speak of numbers. A wrong key (401) or address (404, 405) is
 * ours to mend, and must cost nobody a message or shut out a number.
 */
function faultOf(status: number): ReturnType<typeof STATUSES.get> {
  return status < 400 || OURS.has(status) ? undefined : (STATUSES.get(status) ?? 'content');
}

const OURS: ReadonlySet<number> = new Set([401, 404, 405]);
const STATUSES: ReadonlyMap<number, 'address' | 'sender' | 'content'> = new Map([
  [403, 'sender'],
  [410, 'address'],
  [422, 'address'],
]);
