import type { Channel, Delivery, Parcel } from '../engine/ports.ts';
import { wordsOf } from '../errors.ts';
import { deliverByHttp } from './deliver-by-http.ts';
import type { Reach } from './guarded-http.ts';
import { signatureHeaders } from './webhook-signature.ts';

export interface MessageWebhookOptions {
  readonly url: string;
  /** Newest first; each signs. */
  readonly signing_secrets: readonly string[];
  /** By which ids the shop knows a contact. */
  userIdsOf(contact_id: string): Promise<readonly string[]>;
  readonly patience?: number;
}

const PATIENCE = 30_000;

/** Messages that a system of the shop's own brings to the contact: posted to it, signed as Standard Webhooks are. */
export function createMessageWebhookChannel(options: MessageWebhookOptions, reach: Reach): Channel {
  return {
    name: 'webhook',
    deliver: (parcel, beforeHandingOver) => deliver(options, reach, parcel, beforeHandingOver),
    close: () => Promise.resolve(),
  };
}

async function deliver(
  { url, signing_secrets, userIdsOf, patience = PATIENCE }: MessageWebhookOptions,
  reach: Reach,
  parcel: Parcel,
  beforeHandingOver: () => Promise<boolean>,
): Promise<Delivery> {
  const { id, to, date } = parcel;
  try {
    const body = JSON.stringify(payload(parcel, await userIdsOf(to)));
    const headers = signatureHeaders(id, date, body, signing_secrets);
    const post = { url: new URL(url), id, headers, body, patience };
    return await deliverByHttp(post, reach, faultOf, beforeHandingOver);
  } catch (error) {
    // The database was away: nothing has left.
    return { outcome: 'deferred', response: wordsOf(error) };
  }
}

function payload(
  { id, to, date, about, language, text, unsubscribe_url }: Parcel,
  user_ids: readonly string[],
) {
  return {
    type: 'message',
    id,
    timestamp: new Date(date).toISOString(),
    message: about?.message ?? null,
    tone: about?.tone ?? null,
    language,
    contact: { id: to, user_ids },
    words: text === '' ? null : text,
    ...(unsubscribe_url === undefined ? {} : { unsubscribe_url }),
  };
}

/** It is one system of our own: only what it says of the content is about this message. */
function faultOf(status: number): 'content' | undefined {
  return CONTENT.has(status) ? 'content' : undefined;
}

/** Bad Request, Conflict, Content Too Large, Unprocessable. */
const CONTENT: ReadonlySet<number> = new Set([400, 409, 413, 422]);
