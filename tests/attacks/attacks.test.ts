/**
 * Feeds every attack input of the files beside this one through the door that it is meant for. One app for all: whatever
 * is done to it by one attack, it must go on for the next.
 */
import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmailChannel } from '../../src/channels/email.ts';
import { createLinks } from '../../src/engine/links.ts';
import { UserError } from '../../src/errors.ts';
import { startScriptedSmtp } from '../support/scripted-smtp.ts';
import { aParcel } from '../channels/parcel.ts';
import { attacks, type Case, type Group } from './cases.ts';
import { openWorld, CITY, FILES, forced, PLAIN, type World } from './world.ts';
import { beginSlowOnes, tryBody } from './bodies.ts';
import { tryInbound } from './inbound.ts';
import { trySession } from './sessions.ts';
import { tryTracking } from './tracking.ts';
import { tryWebhook } from './webhooks.ts';

let world: World;
let slow: ReadonlyMap<string, Promise<string>>;
beforeAll(async () => {
  world = await openWorld();
  slow = beginSlowOnes(world);
}, 120_000);
afterAll(() => world.close(), 120_000);

function attacked<G extends Group>(
  group: G,
  door: (attack: Case<G>, place: number) => void | Promise<unknown>,
): void {
  describe(`the door of ${group}`, () => {
    it.each(attacks(group).map((attack, place) => ({ name: attack.name, attack, place })))(
      '$name',
      async ({ attack, place }) => void (await door(attack, place)),
    );
  });
}

attacked('contact-email', async ({ input, reaches, only_channel }, place) => {
  const { smtp } = world;
  const byApi = world.messageOf(`email_${place}`);
  const mail = world.mailOf(`email_${place}`);
  if (reaches === undefined && !only_channel) expect(byApi.state).toBe('suppressed');
  expect(mail?.to).toEqual(reaches === undefined ? undefined : [`RCPT TO:<${reaches}>`]);
  // Unless the database itself refused it.
  const hasForced = !/\0|\p{Surrogate}/u.test(input);
  if (hasForced) expect(world.mailOf(forced(place))).toBeUndefined();
  if (hasForced && !only_channel)
    expect(world.messageOf(forced(place))).toMatchObject({
      state: 'suppressed',
      because: 'there is no address that one recipient alone can have',
    });
  expect(smtp.accepted.every(({ to }) => to.length === 1)).toBe(true);
  expect(smtp.accepted.some(({ to }) => to.join('').includes('evil@x.com'))).toBe(false);
  expect(await channelSends(input)).toEqual({ outcome: 'refused', connections: 0 });
});

async function channelSends(to: string): Promise<{ outcome: string; connections: number }> {
  const smtp = await startScriptedSmtp();
  const channel = createEmailChannel({ url: smtp.url });
  const { outcome } = await channel.deliver(aParcel({ to }), () => Promise.resolve(true));
  await channel.close();
  await smtp.stop();
  return { outcome, connections: smtp.connections };
}

attacked('headers', (_, place) => {
  const mail = world.mailOf(`header_${place}`);
  expect(fieldsOf(mail?.raw)).toEqual(fieldsOf(world.mailOf(PLAIN)?.raw));
  expect(mail?.raw).not.toMatch(/(?<!\r)\n|\r(?!\n)|\0/);
  expect(Math.max(...(mail?.raw ?? '').split('\r\n').map(({ length }) => length))).toBeLessThanOrEqual(998);
  expect(mail?.to).toEqual([`RCPT TO:<header_${place}@example.com>`]);
});

function fieldsOf(raw = ''): string[] {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replaceAll(/\r\n(?=[ \t])/g, '');
  return head.split('\r\n').map((line) => line.slice(0, line.indexOf(':')));
}

attacked('html', async ({ input }, place) => {
  const [html, plain] = await Promise.all([world.htmlOf(`html_${place}`), world.htmlOf(PLAIN)]);
  expect(tagsOf(html)).toEqual(tagsOf(plain));
  const [, title, name, city] = /title="([^"]*)"[^>]*>(.*?)<\/a> of <b>(.*?)<\/b>/s.exec(html) ?? [];
  expect([title, name, city].map(unescaped)).toEqual([input, input, input]);
  expect(plain).toContain(`<b>${CITY}</b>`);
});

/** Elements with the names of their attributes, comments too. */
function tagsOf(html: string): string[] {
  return [
    ...html.matchAll(/<!--|<\/?([a-z][\w:-]*)((?:\s+[\w:-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+))?)*)/gi),
  ].map(
    ([tag, name = tag, attributes = '']) =>
      `${name} ${[...attributes.matchAll(/\s([\w:-]+)(?=\s*=)/g)].map(([, one]) => one).join(' ')}`,
  );
}

function unescaped(text = ''): string {
  return text
    .replaceAll(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(parseInt(code, 16)))
    .replaceAll(/&(lt|gt|quot|amp);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"' })[name] ?? '&');
}

attacked('template', async ({ input, at, traits }) => {
  const { app } = world.shop;
  if (traits !== undefined) {
    const place = attacks('template')
      .filter((one) => one.traits)
      .findIndex((one) => one.input === input);
    const row = world.messageOf(`run_${place}`);
    expect(row).toMatchObject({
      state: 'refused',
      because: expect.stringMatching(/^the words could not be made: /),
    });
    return;
  }
  const before = app.live().hash;
  const file = 'templates/offer/email.en.mjml';
  const refused = await app.deploy({ ...FILES, [file]: input }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UserError);
  const { code, details } = refused as UserError;
  expect(code).toBe('project_unsound');
  expect(details.some((line) => new RegExp(`^${file}:\\d+:\\d+`).test(line))).toBe(true);
  if (at) expect(details.map((line) => line.split(' ')[0])).toContain(`${file}:${at.join(':')}`);
  expect(app.live().hash).toBe(before);
});

attacked('event-properties', async ({ name, input, event, answers, stored, stores_something }, place) => {
  const messageId = `property-${place}`;
  const properties = input.replace('{victim}', world.messageOf(PLAIN).id);
  const call = JSON.stringify({ userId: 'attacker', event, messageId, properties: 0 });
  const answer = await world.post(
    '/v1/track',
    call.replace('"properties":0', () => `"properties":${properties}`),
  );
  expect(answer.status, name).toBe(answers);
  const { rows } = await world.shop.app.db.execute<{ properties: object; user: string }>(sql`
    select e.properties, i.value as user from events e join identities i using (contact_id) where message_id = ${messageId}`);
  expect(rows).toHaveLength(stored !== undefined || stores_something ? 1 : 0);
  if (stored !== undefined) expect(rows[0]?.properties).toEqual(stored);
  expect(rows.every(({ user }) => user === 'attacker')).toBe(true);
  for (const key of ['isAdmin', 'prototype', 'x']) expect(Object.hasOwn(Object.prototype, key)).toBe(false);
});

attacked(
  'unsubscribe',
  async ({ method, token, times, query, headers, form, type, body, answers, changes }) => {
    const before = await saidNo();
    const path = (): string => `${world.origin}/u/${tokenOf(token)}${query}`;
    const written = type ?? (form === undefined ? undefined : 'application/x-www-form-urlencoded');
    const content = form ?? body;
    const got = await inGroups(times, () =>
      fetch(path(), {
        ...{ method, redirect: 'manual' },
        headers: { ...headers, ...(written === undefined ? {} : { 'content-type': written }) },
        ...(content === undefined ? {} : { body: content }),
      }),
    );
    for (const answer of got) {
      expect(answers).toContain(answer.status);
      expect(answer.headers.get('set-cookie') ?? answer.headers.get('location')).toBeNull();
      const page = await answer.text();
      expect(page).not.toMatch(/<script|onload|onsubmit|http-equiv/i);
    }
    const after = await saidNo();
    expect(after).toEqual({
      refusals: before.refusals + (changes ? 1 : 0),
      events: before.events + (changes ? 1 : 0),
    });
  },
);

async function saidNo(): Promise<{ refusals: number; events: number }> {
  const { rows } = await world.shop.app.db.execute<{ refusals: number; events: number }>(sql`
    select (select count(*)::int from consents where not granted) as refusals,
      (select count(*)::int from events where name = 'unsubscribed') as events`);
  return rows[0] ?? { refusals: -1, events: -1 };
}

async function inGroups<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  while (done.length < times)
    done.push(...(await Promise.all(Array.from({ length: Math.min(50, times - done.length) }, work))));
  return done;
}

function tokenOf(kind: string): string {
  const { links } = world.shop.app;
  const last = (url: string): string => url.slice(url.lastIndexOf('/') + 1);
  const id = world.messageOf('leaver').id;
  const valid = last(links.unsubscribeUrl(id));
  const by = (...secrets: [string]): string => last(createLinks(world.origin, secrets).unsubscribeUrl(id));
  const made: Readonly<Record<string, () => string>> = {
    valid: () => valid,
    other: () => last(links.unsubscribeUrl(world.messageOf('other_leaver').id)),
    random: () => randomBytes(32).toString('base64url'),
    foreign: () => by('the secret of another installation'),
    retired: () => by('a secret that was thrown away'),
    click: () => last(links.clickUrl(id, 0)),
    open: () => last(links.pixelUrl(id)).replace('.gif', ''),
    truncated: () => valid.slice(1),
    lengthened: () => `${valid}A`,
    lower: () => valid.toLowerCase(),
  };
  return made[kind]?.() ?? kind;
}

attacked('sessions', (attack) => trySession(world, attack));
attacked('tracking', (attack) => tryTracking(world, attack));
attacked('inbound', (attack) => tryInbound(world, attack));
attacked('webhook-url', tryWebhook);
attacked('json-body', (attack) => tryBody(world, attack, slow.get(attack.name)));
