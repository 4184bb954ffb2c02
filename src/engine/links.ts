import { createHmac, timingSafeEqual } from 'node:crypto';

/** Links that carry a message's id and cannot be made by others. */
export interface Links {
  unsubscribeUrl(message_id: string): string;
  /** The message that a token of `unsubscribeUrl` was made for; undefined for any other. */
  read(token: string): string | undefined;
  /** The page where the survey of a message is answered. */
  surveyUrl(message_id: string): string;
  /** The message that a token of `surveyUrl` was made for. */
  readSurvey(token: string): string | undefined;
}

/** What a link is for: a token for the one opens nothing of the other. */
type Use = 'unsubscribe' | 'survey';

/** ASVS 5.0 11.5.1 asks for at least 128 bits. */
const MAC_BYTES = 16;

/** Newest secret first; older ones still open the links that were made with them. */
export function createLinks(public_url: string, secrets: readonly string[]): Links {
  const [newest = ''] = secrets;

  function tokenOf(use: Use, message_id: string): string {
    const id = Buffer.from(message_id.replaceAll('-', ''), 'hex');
    return Buffer.concat([id, macOf(use, id, newest)]).toString('base64url');
  }

  function read(use: Use, token: string): string | undefined {
    if (!/^[A-Za-z0-9_-]{43}$/.test(token)) return undefined;
    const bytes = Buffer.from(token, 'base64url');
    // The last character has two bits to spare; only one way of writing a token is ours.
    if (bytes.toString('base64url') !== token) return undefined;
    const id = bytes.subarray(0, 16);
    const mac = bytes.subarray(16);
    if (mac.length !== MAC_BYTES || !secrets.some((secret) => timingSafeEqual(mac, macOf(use, id, secret))))
      return undefined;
    const hex = id.toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }

  return {
    unsubscribeUrl: (message_id) => `${public_url}/u/${tokenOf('unsubscribe', message_id)}`,
    read: (token) => read('unsubscribe', token),
    surveyUrl: (message_id) => `${public_url}/s/${tokenOf('survey', message_id)}`,
    readSurvey: (token) => read('survey', token),
  };
}

function macOf(use: Use, id: Uint8Array, secret: string): Buffer {
  return createHmac('sha256', secret).update(use).update(id).digest().subarray(0, MAC_BYTES);
}
