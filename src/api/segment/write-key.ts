/** Where a client may put its write key. */

/**
 * The user name of Basic authentication (a missing colon is tolerated), else `writeKey` in the body, which also
 * goes with a Bearer token. Undefined when there is none, and when it holds what no write key can hold.
 */
export function findWriteKey(authorization: string | undefined, body: unknown): string | undefined {
  const key = basicUser(authorization) || bodyKey(body);
  return key !== undefined && /^[\x21-\x7e]{1,255}$/.test(key) ? key : undefined;
}

function basicUser(authorization: string | undefined): string | undefined {
  const token = /^basic\s+(\S+)\s*$/i.exec(authorization ?? '')?.[1];
  return token === undefined
    ? undefined
    : Buffer.from(token, 'base64').toString('utf8').split(':')[0]?.trim();
}

function bodyKey(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('writeKey' in body)) return undefined;
  return typeof body.writeKey === 'string' ? body.writeKey.trim() : undefined;
}
