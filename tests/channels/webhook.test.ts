/** Calls of other systems: what goes out, what comes back, and where they must not go. */
import { createHmac } from 'node:crypto';
import { lookup as lookupInEarnest } from 'node:dns/promises';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../src/channels/public-address.ts';
import { signatureHeaders } from '../../src/channels/webhook-signature.ts';
import { createWebhook, type WebhookOptions } from '../../src/channels/webhook.ts';
import type { WebhookAnswer, WebhookRequest } from '../../src/engine/ports.ts';
import { closedAfterEach } from '../support/closing.ts';
import { freePort } from '../support/redis-server.ts';
import {
  json,
  startScriptedHttp,
  type HttpAnswer,
  type HttpAsked,
  type ScriptedHttp,
} from '../support/scripted-http.ts';

/** Names that the tests' own name service knows; all others are looked up in earnest. */
const names = new Map<string, readonly string[]>();
const looked_up: string[] = [];
async function lookup(host: string): Promise<{ address: string; family: number }[]> {
  looked_up.push(host);
  const known = names.get(host);
  if (!known) return lookupInEarnest(host, { all: true });
  return known.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
}

const SECRET = `whsec_${Buffer.from('a secret of thirty-two octets ..').toString('base64')}`;
const ID = '0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f506';
const AT = Date.parse('2026-11-24T12:00:00.750Z');

const closing = closedAfterEach();
beforeEach(() => {
  names.clear();
  looked_up.splice(0);
});

async function serve(answer?: (asked: HttpAsked) => HttpAnswer): Promise<ScriptedHttp> {
  const server = await startScriptedHttp(answer);
  closing.push(() => server.stop());
  return server;
}

function call(
  url: string,
  request: Partial<WebhookRequest> = {},
  options: Partial<WebhookOptions> = {},
): Promise<WebhookAnswer> {
  const webhook = createWebhook({
    signing_secrets: [SECRET],
    may_reach: ['127.0.0.1'],
    secrets: {},
    lookup,
    ...options,
  });
  const body = '{"id":7}';
  return webhook.call({ id: ID, url, method: 'POST', headers: {}, body, at: AT, ...request });
}

describe('a call', () => {
  it('carries the body, the given headers and ours, and is signed', async () => {
    const crm = await serve(() => json({ deal: 12 }));
    const body = JSON.stringify({ name: 'Peña "Ñ" 😀' });
    const answer = await call(
      `${crm.origin}/deals?new=1`,
      {
        method: 'PUT',
        headers: { Authorization: '$CRM_TOKEN', 'X-Shop': 'Lumbre costs $5' },
        body,
      },
      { secrets: { CRM_TOKEN: 'Bearer 123' } },
    );
    expect(answer).toEqual({
      outcome: 'answered',
      response: `127.0.0.1:${crm.port} answered 200 OK`,
      answer: { deal: 12 },
    });
    expect(crm.asked).toHaveLength(1);
    const [asked] = crm.asked;
    expect(asked).toMatchObject({ method: 'PUT', url: '/deals?new=1', body });
    const timestamp = String(Math.floor(AT / 1000));
    const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
    const signature = createHmac('sha256', key).update(`${ID}.${timestamp}.${body}`).digest('base64');
    expect(asked?.headers).toMatchObject({
      host: `127.0.0.1:${crm.port}`,
      authorization: 'Bearer 123',
      'x-shop': 'Lumbre costs $5',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'Etapa',
      'idempotency-key': ID,
      'webhook-id': ID,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    });
  });

  it('without a body has none, and is signed all the same', async () => {
    const crm = await serve();
    expect(await call(crm.origin, { method: 'GET', body: null })).toMatchObject({
      outcome: 'answered',
      answer: null,
    });
    expect(crm.asked[0]?.headers['content-type']).toBeUndefined();
    expect(crm.asked[0]?.headers['content-length']).toBeUndefined();
    expect(crm.asked[0]?.headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
  });

  it('is signed with each of the secrets, so that one can be exchanged', () => {
    const headers = signatureHeaders(ID, AT, '{}', [SECRET, 'whsec_c2Vjb25k']);
    const [newest, older] = (headers['webhook-signature'] ?? '').split(' ');
    expect(newest).toBe(signatureHeaders(ID, AT, '{}', [SECRET])['webhook-signature']);
    expect(older).toBe(signatureHeaders(ID, AT, '{}', ['whsec_c2Vjb25k'])['webhook-signature']);
    expect(newest).not.toBe(older);
  });

  const VECTOR = '../shared/data/webhooks-standard/vector.json';
  if (!existsSync(VECTOR)) process.stderr.write(`SKIPPED: ${VECTOR} is not there\n`);
  it.skipIf(!existsSync(VECTOR))('is signed as Standard Webhooks shows', async () => {
    const vector = JSON.parse(await readFile(VECTOR, 'utf8')) as Record<string, string>;
    const at = Number(vector['webhook-timestamp']) * 1000;
    expect(signatureHeaders(vector['webhook-id']!, at, vector['body']!, [vector['secret']!])).toEqual({
      'webhook-id': vector['webhook-id'],
      'webhook-timestamp': vector['webhook-timestamp'],
      'webhook-signature': vector['webhook-signature'],
    });
  });
});

describe('an answer', () => {
  const says = async (answer: HttpAnswer): Promise<WebhookAnswer> => {
    const crm = await serve(() => answer);
    const came = await call(crm.origin);
    expect(crm.asked).toHaveLength(1);
    return { ...came, response: came.response.replace(`127.0.0.1:${crm.port}`, 'crm') };
  };

  it.each<[string, HttpAnswer, unknown, string]>([
    ['of a list', json([1, 'two', null]), [1, 'two', null], 'crm answered 200 OK'],
    ['that is created', json({ id: 1 }, 201), { id: 1 }, 'crm answered 201 Created'],
    [
      'of another kind of JSON',
      { ...json({ a: 1 }), headers: { 'content-type': 'application/hal+json; charset=utf-8' } },
      { a: 1 },
      'crm answered 200 OK',
    ],
    ['without words', { status: 204 }, null, 'crm answered 204 No Content'],
    ['of 16 KB', json('x'.repeat(16 * 1024 - 2)), 'x'.repeat(16 * 1024 - 2), 'crm answered 200 OK'],
    [
      'of more than 16 KB',
      json('x'.repeat(16 * 1024 - 1)),
      null,
      'crm answered 200 OK; nothing of it was kept: it is larger than 16 KB of JSON',
    ],
    [
      'of more than 64 KB',
      json('x'.repeat(64 * 1024)),
      null,
      'crm answered 200 OK; nothing of it was kept: it is larger than 64 KB',
    ],
    [
      'of HTML',
      { headers: { 'content-type': 'text/html' }, body: '<p>' },
      null,
      'crm answered 200 OK; nothing of it was kept: it is not JSON',
    ],
    [
      'that says it is JSON',
      { headers: { 'content-type': 'application/json' }, body: '{' },
      null,
      'crm answered 200 OK; nothing of it was kept: it is not JSON that can be stored',
    ],
    [
      'that is too deep',
      { headers: { 'content-type': 'application/json' }, body: `${'['.repeat(3000)}${']'.repeat(3000)}` },
      null,
      'crm answered 200 OK; nothing of it was kept: it is not JSON that can be stored',
    ],
  ])('%s is kept as far as it can be', async (_name, said, answer, response) => {
    expect(await says(said)).toEqual({ outcome: 'answered', answer, response });
  });

  it('keeps nothing that the database refuses, nor what leads to a prototype', async () => {
    const body = '{"a":"x\\u0000y\\ud800z","__proto__":{"b":1},"n":-0}';
    const came = await says({ headers: { 'content-type': 'application/json' }, body });
    expect(came).toMatchObject({ outcome: 'answered' });
    expect(JSON.stringify((came as { answer: unknown }).answer)).toBe('{"a":"xyz","n":0}');
  });

  it.each([408, 425, 429, 500, 502, 503, 504, 599])('of %i asks to come again', async (status) => {
    const came = await says({ status });
    expect(came).toMatchObject({ outcome: 'later', retry_after: null });
    expect(came.response).toMatch(new RegExp(`^crm answered ${status}`));
  });

  it.each([400, 401, 403, 404, 409, 410, 418, 422])('of %i is final', async (status) => {
    expect(await says({ status })).toMatchObject({ outcome: 'refused' });
  });

  it.each<[string, number | null]>([
    ['120', 120_000],
    ['0', null],
    ['-5', null],
    ['soon', null],
    ['99999999999', 99_999_999_999_000],
  ])('with Retry-After: %s is heard', async (value, wait) => {
    expect(await says({ status: 503, headers: { 'retry-after': value } })).toMatchObject({
      retry_after: wait,
    });
  });

  it('with a date to come back at is heard', async () => {
    const date = new Date(Date.now() + 60_000).toUTCString();
    const came = await says({ status: 429, headers: { 'retry-after': date } });
    const { retry_after } = came as { retry_after: number };
    expect(retry_after).toBeGreaterThan(50_000);
    expect(retry_after).toBeLessThanOrEqual(60_000);
  });

  it('with a date by a clock that is an hour wrong is heard by that clock', async () => {
    const there = Date.now() - 3_600_000;
    const headers = {
      date: new Date(there).toUTCString(),
      'retry-after': new Date(there + 60_000).toUTCString(),
    };
    expect(await says({ status: 429, headers })).toMatchObject({ retry_after: 60_000 });
  });

  it.each([301, 302, 303, 307, 308])('of %i is not followed', async (status) => {
    const inside = await serve(() => json({ secret: true }));
    const came = await says({ status, headers: { location: inside.origin } });
    expect(came).toMatchObject({ outcome: 'refused' });
    expect(came.response).toMatch(/Redirects are not followed: write where it leads$/);
    expect(inside.asked).toEqual([]);
  });
});

describe('another system that is away', () => {
  it.each<HttpAnswer>(['mute', 'stall'])(
    'and only %s is waited for no longer than agreed',
    async (answer) => {
      const crm = await serve(() => answer);
      const began = performance.now();
      expect(await call(crm.origin, {}, { patience: 300 })).toEqual({
        outcome: 'later',
        response: `127.0.0.1:${crm.port} did not answer in time`,
        retry_after: null,
      });
      expect(performance.now() - began).toBeLessThan(2000);
    },
  );

  it('closes the connection, refuses it, or is unknown: each is told in words', async () => {
    const crm = await serve(() => 'drop');
    expect(await call(crm.origin)).toMatchObject({ outcome: 'later', response: /cannot be reached: .+/ });
    const port = await freePort();
    expect(await call(`http://127.0.0.1:${port}`)).toMatchObject({
      outcome: 'later',
      response: `127.0.0.1:${port} cannot be reached: it refuses the connection`,
    });
    const unknown = await call('http://nowhere.invalid');
    expect(unknown).toMatchObject({ outcome: 'later' });
    expect(unknown.response).toMatch(/^nowhere\.invalid cannot be reached: its name /);
  });

  it('and trickles its answer is cut off at the end of the time', async () => {
    const crm = await serve(() => 'stall');
    const calls = await Promise.all(Array.from({ length: 5 }, () => call(crm.origin, {}, { patience: 200 })));
    expect(calls.every(({ outcome }) => outcome === 'later')).toBe(true);
  });
});

describe('headers', () => {
  it.each([
    [
      { Authorization: '$CRM_TOKEN' },
      {},
      'The header "Authorization" asks for $CRM_TOKEN, which WEBHOOK_SECRETS does not name. Add CRM_TOKEN to WEBHOOK_SECRETS, the list of variables that headers may hold.',
    ],
    [{ Authorization: '$constructor' }, {}, undefined],
    [
      { Authorization: '$CRM_TOKEN' },
      { CRM_TOKEN: undefined },
      'The header "Authorization" asks for $CRM_TOKEN, which is not set. Set it where the sender runs.',
    ],
    [
      { Authorization: '$CRM_TOKEN' },
      { CRM_TOKEN: 'a\r\nHost: b' },
      'The header "Authorization" asks for $CRM_TOKEN, which holds more than one line of plain letters. Mend its value where the sender runs.',
    ],
    [{ Host: 'inside' }, {}, 'The header "Host" is set by Etapa itself. Take it out of "headers".'],
    [{ 'Webhook-Id': '1' }, {}, 'The header "Webhook-Id" is set by Etapa itself. Take it out of "headers".'],
    [
      { 'transfer-encoding': 'chunked' },
      {},
      'The header "transfer-encoding" is set by Etapa itself. Take it out of "headers".',
    ],
  ] as [Record<string, string>, Record<string, string | undefined>, string | undefined][])(
    '%j with the secrets %j',
    async (headers, secrets, refusal) => {
      const crm = await serve();
      const answer = await call(crm.origin, { headers }, { secrets });
      if (refusal === undefined) return expect(answer).toMatchObject({ outcome: 'answered' });
      expect(answer).toEqual({ outcome: 'refused', response: refusal });
      expect(crm.asked).toEqual([]);
    },
  );
});

describe('addresses that are not of the open internet', () => {
  it.each([
    ...[
      '0.0.0.0',
      '0.1.2.3',
      '10.0.0.1',
      '10.255.255.255',
      '100.64.0.1',
      '100.127.255.255',
      '127.0.0.1',
      '127.8.8.8',
    ],
    ...[
      '169.254.169.254',
      '172.16.0.1',
      '172.31.255.255',
      '192.0.0.8',
      '192.0.2.1',
      '192.168.1.1',
      '198.18.0.1',
    ],
    ...['198.51.100.1', '203.0.113.9', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
    ...[
      '::',
      '::1',
      '::ffff:8.8.8.8',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '0:0:0:0:0:ffff:10.0.0.1',
      '::10.0.0.1',
    ],
    ...['fc00::1', 'fd12:3456::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '2001:db8::1', '2001::1'],
    ...[
      '2002:7f00:1::',
      '2002:a00:1::1',
      '3fff::1',
      '64:ff9b::10.0.0.1',
      '64:ff9b::7f00:1',
      '64:ff9b:1::8.8.8.8',
    ],
    ...['100::1', 'localhost', '', '8.8.8', '2000::1%lo'],
  ])('%s is one', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    ...['8.8.8.8', '1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '172.15.255.255'],
    ...['172.32.0.0', '192.167.255.255', '198.17.255.255', '223.255.255.255', '192.0.1.1'],
    ...['2606:4700:4700::1111', '2a00:1450:4003::1', '2001:4860:4860::8888', '64:ff9b::8.8.8.8'],
  ])('%s is none', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it('are reached where the setting names the host, with its port or with any', async () => {
    const crm = await serve();
    const reached = async (...may_reach: string[]): Promise<string> =>
      (await call(crm.origin, {}, { may_reach })).outcome;
    expect(await reached('127.0.0.1')).toBe('answered');
    expect(await reached('other', `127.0.0.1:${crm.port}`)).toBe('answered');
    expect(await reached('127.0.0.1:80', 'localhost', '127.0.0')).toBe('refused');
    expect(crm.asked).toHaveLength(2);
  });

  it('are looked for once: the call goes to the very address that was looked at', async () => {
    const crm = await serve();
    names.set('crm.invalid', ['127.0.0.1']);
    const answer = await call(`http://crm.invalid:${crm.port}/`, {}, { may_reach: ['crm.invalid'] });
    expect(answer).toMatchObject({ outcome: 'answered' });
    expect(looked_up).toEqual(['crm.invalid']);
    expect(crm.asked[0]?.headers.host).toBe(`crm.invalid:${crm.port}`);
  });
});
