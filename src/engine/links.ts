import { createHmac, timingSafeEqual } from 'node:crypto';

/** Links that carry a message's id and cannot be made by others. */
export interface Links {
  unsubscribeUrl(message_id: string): string;
  /** The message that a token of `unsubscribeUrl` was made for; undefined for any other. */
  read(token: string): string | undefined;
  /** The page where the addressee of a message says what promotions are wanted, how often, in which language. */
  preferencesUrl(message_id: string): string;
  /** The message that a token of `preferencesUrl` was made for. */
  readPreferences(token: string): string | undefined;
  /** The page where the addressee of a message confirms that promotions are wanted: double opt-in. */
  confirmUrl(message_id: string): string;
  /** The message that a token of `confirmUrl` was made for. */
  readConfirm(token: string): string | undefined;
  /** The page where the survey of a message is answered. */
  surveyUrl(message_id: string): string;
  /** The message that a token of `surveyUrl` was made for. */
  readSurvey(token: string): string | undefined;
  /** Where a click on a link of a message is noted before it leads on; `number` counts from 0 to 65,535. */
  clickUrl(message_id: string, number: number): string;
  /** The message and the link that a token of `clickUrl` was made for. */
  readClick(token: string): ClickedLink | undefined;
  /** The picture by which an open of a message is noted. */
  pixelUrl(message_id: string): string;
  /** The message that a token of `pixelUrl` was made for; the token is what stands before `.gif`. */
  readPixel(token: string): string | undefined;
  /**
   * For addresses to which reports come back: 52 characters of 0-9 and a-v, because mail systems may change the case
   * of what stands before the `@`, and allow 64 octets there (RFC 5321, 4.5.3.1.1).
   */
  bounceToken(message_id: string): string;
  /** The message that a token of `bounceToken` was made for, in whatever case it comes back. */
  readBounceToken(token: string): string | undefined;
}

export interface ClickedLink {
  readonly message_id: string;
  readonly number: number;
}

/** What a link is for: a token for the one opens nothing of the other. */
type Use = 'unsubscribe' | 'preferences' | 'confirm' | 'survey' | 'click' | 'pixel' | 'bounce';

/** ASVS 5.0 11.5.1 asks for at least 128 bits. */
const MAC_BYTES = 16;
const ID_BYTES = 16;
const NUMBER_BYTES = 2;

/**
 * The first secret signs; all of them open the links that were made with them. The list may change while it is used.
 */
export function createLinks(public_url: string, secrets: readonly string[]): Links {
  function signed(use: Use, payload: Uint8Array): Buffer {
    const [signing = ''] = secrets;
    return Buffer.concat([payload, macOf(use, payload, signing)]);
  }

  /** What was signed for this use, `payload_bytes` long; undefined for anything else. */
  function opened(use: Use, bytes: Buffer, payload_bytes: number): Buffer | undefined {
    if (bytes.length !== payload_bytes + MAC_BYTES) return undefined;
    const payload = bytes.subarray(0, payload_bytes);
    const mac = bytes.subarray(payload_bytes);
    return secrets.some((secret) => timingSafeEqual(mac, macOf(use, payload, secret))) ? payload : undefined;
  }

  function tokenOf(use: Use, message_id: string): string {
    return signed(use, idBytes(message_id)).toString('base64url');
  }

  function read(use: Use, token: string): string | undefined {
    const bytes = fromBase64(token, ID_BYTES + MAC_BYTES);
    const payload = bytes && opened(use, bytes, ID_BYTES);
    return payload && idOf(payload);
  }

  return {
    unsubscribeUrl: (message_id) => `${public_url}/u/${tokenOf('unsubscribe', message_id)}`,
    read: (token) => read('unsubscribe', token),
    preferencesUrl: (message_id) => `${public_url}/p/${tokenOf('preferences', message_id)}`,
    readPreferences: (token) => read('preferences', token),
    confirmUrl: (message_id) => `${public_url}/y/${tokenOf('confirm', message_id)}`,
    readConfirm: (token) => read('confirm', token),
    surveyUrl: (message_id) => `${public_url}/s/${tokenOf('survey', message_id)}`,
    readSurvey: (token) => read('survey', token),
    clickUrl: (message_id, number) =>
      `${public_url}/c/${signed('click', linkBytes(message_id, number)).toString('base64url')}`,
    readClick(token) {
      const bytes = fromBase64(token, ID_BYTES + NUMBER_BYTES + MAC_BYTES);
      const payload = bytes && opened('click', bytes, ID_BYTES + NUMBER_BYTES);
      return payload && { message_id: idOf(payload), number: payload.readUInt16BE(ID_BYTES) };
    },
    pixelUrl: (message_id) => `${public_url}/o/${tokenOf('pixel', message_id)}.gif`,
    readPixel: (token) => read('pixel', token),
    bounceToken: (message_id) => inBase32(signed('bounce', idBytes(message_id))),
    readBounceToken(token) {
      const bytes = fromBase32(token.toLowerCase());
      const payload = bytes && opened('bounce', bytes, ID_BYTES);
      return payload && idOf(payload);
    },
  };
}

function macOf(use: Use, payload: Uint8Array, secret: string): Buffer {
  return createHmac('sha256', secret).update(use).update(payload).digest().subarray(0, MAC_BYTES);
}

function idBytes(message_id: string): Buffer {
  return Buffer.from(message_id.replaceAll('-', ''), 'hex');
}

function linkBytes(message_id: string, number: number): Buffer {
  const bytes = Buffer.alloc(ID_BYTES + NUMBER_BYTES);
  idBytes(message_id).copy(bytes);
  bytes.writeUInt16BE(number, ID_BYTES);
  return bytes;
}

function idOf(payload: Buffer): string {
  const hex = payload.toString('hex', 0, ID_BYTES);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function fromBase64(token: string, bytes: number): Buffer | undefined {
  if (token.length !== Math.ceil((bytes * 4) / 3)) return undefined;
  const read = Buffer.from(token, 'base64url');
  // The last character has bits to spare; only one way of writing a token is ours.
  return read.toString('base64url') === token ? read : undefined;
}

/** 32 octets as a number in 52 digits. */
function inBase32(bytes: Buffer): string {
  return BigInt(`0x${bytes.toString('hex')}`)
    .toString(32)
    .padStart(52, '0');
}

/** Undefined for all but 52 digits that are 32 octets. */
function fromBase32(text: string): Buffer | undefined {
  if (!/^[01][0-9a-v]{51}$/.test(text)) return undefined;
  const number = Array.from(text).reduce((sum, digit) => sum * 32n + BigInt(parseInt(digit, 32)), 0n);
  return Buffer.from(number.toString(16).padStart(64, '0'), 'hex');
}
