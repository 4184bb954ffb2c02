/** Text messages by way of a provider: what it is told, and what its answers mean. */
import { describe, expect, it } from 'vitest';
import type { Reach } from '../../src/channels/guarded-http.ts';
import { createSmsChannel, type SmsOptions } from '../../src/channels/sms.ts';
import type { Channel, Parcel } from '../../src/engine/ports.ts';
import { closedAfterEach } from '../support/closing.ts';
import { startScriptedHttp, type HttpAnswer, type ScriptedHttp } from '../support/scripted-http.ts';
import { aParcel } from './parcel.ts';

const closing = closedAfterEach();

const OPEN = (): Promise<boolean> => Promise.resolve(true);
const REACH: Reach = { may_reach: ['127.0.0.1'] };

async function provider(answer: HttpAnswer = { status: 202 }): Promise<ScriptedHttp> {
  const server = await startScriptedHttp(() => answer);
  closing.push(() => server.stop());
  return server;
}

function channelTo({ origin }: ScriptedHttp, more: Partial<SmsOptions> = {}, reach = REACH): Channel {
  return createSmsChannel({ url: `${origin}/v1/messages`, ...more }, reach);
}

function text(parts: Partial<Parcel> = {}): Parcel {
  return aParcel({ to: '+34600111222', subject: '', html: '', text: 'Ya está aquí 👟', ...parts });
}

describe('the provider', () => {
  it('is told to whom, from whom, what and which, and who asks', async () => {
    const server = await provider();
    const channel = channelTo(server, { token: 'secret', from: 'Lumbre' });
    expect(await channel.deliver(text({ to: '0034 600-111-222' }), OPEN)).toEqual({
      outcome: 'accepted',
      response: `127.0.0.1:${server.port} answered 202 Accepted`,
    });
    const [asked] = server.asked;
    expect(asked).toMatchObject({ method: 'POST', url: '/v1/messages' });
    expect(asked?.headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': aParcel().id,
      authorization: 'Bearer secret',
    });
    expect(JSON.parse(asked?.body ?? '')).toEqual({
      ...{ to: '+34600111222', from: 'Lumbre', text: 'Ya está aquí 👟', id: aParcel().id },
    });
  });

  it('is told no more than it has to be', async () => {
    const server = await provider();
    await channelTo(server).deliver(text(), OPEN);
    expect(Object.keys(JSON.parse(server.asked[0]?.body ?? '') as object)).toEqual(['to', 'text', 'id']);
    expect(server.asked[0]?.headers).not.toHaveProperty('authorization');
  });
});

describe('what the provider answers', () => {
  it.each([
    [200, { outcome: 'accepted' }],
    [204, { outcome: 'accepted' }],
    [302, { outcome: 'deferred', by: 'us' }],
    [400, { outcome: 'refused', fault: 'content' }],
    [401, { outcome: 'deferred', by: 'us' }],
    [403, { outcome: 'refused', fault: 'sender' }],
    [404, { outcome: 'deferred', by: 'us' }],
    [408, { outcome: 'deferred', by: 'recipient' }],
    [410, { outcome: 'refused', fault: 'address' }],
    [413, { outcome: 'refused', fault: 'content' }],
    [422, { outcome: 'refused', fault: 'address' }],
    [429, { outcome: 'deferred', by: 'domain' }],
    [500, { outcome: 'deferred', by: 'recipient' }],
    [502, { outcome: 'deferred', by: 'domain' }],
    [503, { outcome: 'deferred', by: 'domain' }],
  ])('with %i means %j', async (status, delivery) => {
    const server = await provider({ status });
    expect(await channelTo(server).deliver(text(), OPEN)).toMatchObject(delivery);
    expect(server.asked).toHaveLength(1);
  });

  it.each([
    ['90', 90_000],
    ['86401', 24 * 60 * 60_000],
    ['soon', 0],
    ['-5', 0],
  ])('to wait %s is kept to, within a day', async (said, wait) => {
    const server = await provider({ status: 429, headers: { 'retry-after': said } });
    expect(await channelTo(server).deliver(text(), OPEN)).toMatchObject({ outcome: 'deferred', wait });
  });

  it.each(['mute', 'drop'] as const)('in doubt when nothing comes back any more: %s', async (answer) => {
    const server = await provider(answer);
    const delivery = await channelTo(server, { patience: 300 }).deliver(text(), OPEN);
    expect(delivery.outcome).toBe('uncertain');
    expect(server.asked).toHaveLength(1);
  });

  it('is what its head says, whatever becomes of the rest', async () => {
    expect(await channelTo(await provider('stall')).deliver(text(), OPEN)).toMatchObject({
      outcome: 'accepted',
    });
  });
});

describe('nothing is asked for', () => {
  it('where the connection is refused: it is tried again', async () => {
    const server = await provider();
    await server.stop();
    closing.pop();
    expect(await channelTo(server).deliver(text(), OPEN)).toMatchObject({
      outcome: 'deferred',
      by: 'connection',
      response: `127.0.0.1:${server.port} cannot be reached: it refuses the connection`,
    });
  });

  it('inside the house, unless that is allowed; the mend is told, and no message is lost', async () => {
    const server = await provider();
    expect(await channelTo(server, {}, { may_reach: [] }).deliver(text(), OPEN)).toEqual({
      outcome: 'deferred',
      by: 'us',
      response: `127.0.0.1 is an address that is not of the open internet. If it is meant, add 127.0.0.1:${server.port} to WEBHOOKS_MAY_REACH.`,
    });
    expect(server.asked).toEqual([]);
  });

  it('for a name that leads inside the house', async () => {
    const server = await provider();
    const reach: Reach = {
      may_reach: [],
      lookup: () => Promise.resolve([{ address: '169.254.169.254', family: 4 }]),
    };
    const channel = createSmsChannel({ url: `http://sms.example:${server.port}/` }, reach);
    expect(await channel.deliver(text(), OPEN)).toMatchObject({ outcome: 'deferred', by: 'us' });
    expect(server.asked).toEqual([]);
  });

  it('while the gate is not open, however long that takes', async () => {
    const server = await provider();
    let open: (yes: boolean) => void = () => undefined;
    const gate = new Promise<boolean>((resolve) => (open = resolve));
    let asked: () => void = () => undefined;
    const at_the_gate = new Promise<void>((resolve) => (asked = resolve));
    const delivery = channelTo(server).deliver(text(), () => {
      asked();
      return gate;
    });
    await at_the_gate;
    expect(server.asked).toEqual([]);
    open(true);
    expect(await delivery).toMatchObject({ outcome: 'accepted' });
  });

  it('when the gate opens too late', async () => {
    const server = await provider();
    const never = (): Promise<boolean> => new Promise(() => undefined);
    expect(await channelTo(server, { patience: 200 }).deliver(text(), never)).toMatchObject({
      outcome: 'deferred',
      by: 'connection',
    });
    expect(server.asked).toEqual([]);
  });

  it('with no words', async () => {
    const server = await provider();
    expect(await channelTo(server).deliver(text({ text: '' }), OPEN)).toMatchObject({ outcome: 'refused' });
    expect(server.asked).toEqual([]);
  });
});
