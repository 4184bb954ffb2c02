/** Messages for a system of the shop's own. */
import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createMessageWebhookChannel } from '../../src/channels/message-webhook.ts';
import type { Channel } from '../../src/engine/ports.ts';
import { closedAfterEach } from '../support/closing.ts';
import { startScriptedHttp, type HttpAnswer, type ScriptedHttp } from '../support/scripted-http.ts';
import { aParcel } from './parcel.ts';

const closing = closedAfterEach();

const OPEN = (): Promise<boolean> => Promise.resolve(true);
const SECRETS = ['whsec_bmV3ZXN0', 'whsec_b2xkZXN0'];
const CONTACT = '01931b2e-7a00-7000-8000-0000000000c0';

async function system(answer: HttpAnswer = { status: 204 }): Promise<ScriptedHttp> {
  const server = await startScriptedHttp(() => answer);
  closing.push(() => server.stop());
  return server;
}

function channelTo({ origin }: ScriptedHttp, user_ids: () => Promise<readonly string[]>): Channel {
  const url = `${origin}/messages`;
  return createMessageWebhookChannel(
    { url, signing_secrets: SECRETS, userIdsOf: user_ids },
    { may_reach: ['127.0.0.1'] },
  );
}

const ANA = (): Promise<readonly string[]> => Promise.resolve(['ana', 'u-1']);

it('carries which message it is, for whom, in which tone and words, and the way out', async () => {
  const server = await system();
  const about = { message: 'on_its_way', tone: 'calm' };
  const parcel = aParcel({ to: CONTACT, html: '', subject: '', about });
  expect(await channelTo(server, ANA).deliver(parcel, OPEN)).toMatchObject({ outcome: 'accepted' });
  expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual({
    type: 'message',
    id: parcel.id,
    timestamp: '2026-01-31T09:00:00.000Z',
    message: 'on_its_way',
    tone: 'calm',
    language: 'en',
    contact: { id: CONTACT, user_ids: ['ana', 'u-1'] },
    words: 'Hello Ana',
    unsubscribe_url: parcel.unsubscribe_url,
  });
});

it('needs no words', async () => {
  const server = await system();
  await channelTo(server, ANA).deliver(aParcel({ to: CONTACT, text: '', unsubscribe_url: undefined }), OPEN);
  const body = JSON.parse(server.asked[0]?.body ?? '') as object;
  expect(body).toMatchObject({ words: null });
  expect(body).not.toHaveProperty('unsubscribe_url');
});

it('is signed with every secret, over the very octets that are sent', async () => {
  const server = await system();
  await channelTo(server, ANA).deliver(aParcel({ to: CONTACT, text: '¿Qué? 👟' }), OPEN);
  const [{ headers, body } = { headers: {} as IncomingHttpHeaders, body: '' }] = server.asked;
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const expected = ['bmV3ZXN0', 'b2xkZXN0'].map(
    (key) => `v1,${createHmac('sha256', Buffer.from(key, 'base64')).update(signed).digest('base64')}`,
  );
  expect(headers['webhook-id']).toBe(aParcel().id);
  expect(headers['webhook-timestamp']).toBe(String(Date.UTC(2026, 0, 31, 9) / 1000));
  expect(headers['webhook-signature']).toBe(expected.join(' '));
});

describe('what the system says', () => {
  it.each([
    [422, { outcome: 'refused', fault: 'content' }],
    [401, { outcome: 'deferred', by: 'us' }],
    [404, { outcome: 'deferred', by: 'us' }],
    [410, { outcome: 'deferred', by: 'us' }],
    [301, { outcome: 'deferred', by: 'us' }],
    [503, { outcome: 'deferred', by: 'domain' }],
  ])('with %i never shuts a contact out: %j', async (status, delivery) => {
    expect(
      await channelTo(await system({ status }), ANA).deliver(aParcel({ to: CONTACT }), OPEN),
    ).toMatchObject(delivery);
  });
});

it('waits while nobody can say whose ids they are', async () => {
  const server = await system();
  const away = (): Promise<readonly string[]> => Promise.reject(new Error('the database is away'));
  expect(await channelTo(server, away).deliver(aParcel({ to: CONTACT }), OPEN)).toEqual({
    outcome: 'deferred',
    response: 'the database is away',
  });
  expect(server.asked).toEqual([]);
});
