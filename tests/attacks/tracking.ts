/** The door of links and pictures. */
import { randomBytes, randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { createLinks } from '../../src/engine/links.ts';
import type { Case } from './cases.ts';
import type { World } from './world.ts';

type Attack = Case<'tracking'>;

const TARGET = 'https://shop.example/offer';
const KEYS = ['url', 'u', 'to', 'next', 'redirect', 'link', 'number', 'token', '__proto__'];

export async function tryTracking(world: World, attack: Attack): Promise<void> {
  for (const way of attack.as) await DOORS[way](world, attack);
}

const DOORS: Readonly<Record<Attack['as'][number], (world: World, attack: Attack) => Promise<void>>> = {
  async token(world, { input }) {
    const before = await notes(world);
    for (const path of [encodeURIComponent(input), encodeURI(input), encodeURI(input).replaceAll('%25', '%')])
      await leadsNowhere(world, `/c/${path}`);
    expect(await notes(world)).toBe(before);
  },
  async beside(world, { input }) {
    const value = encodeURIComponent(input);
    const query = KEYS.map((key) => `${key}=${value}&${key}=${value}`).join('&');
    const headers = {
      host: 'evil.com',
      'x-forwarded-host': 'evil.com',
      referer: value,
      'x-original-url': value,
    };
    for (const [url, more] of [
      [`${clickOf(world)}?${query}#${value}`, {}],
      [clickOf(world), headers],
    ] as const) {
      const answer = await world.server.inject({ url, headers: more });
      expect([answer.statusCode, answer.headers.location]).toEqual([302, TARGET]);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  },
  async stored(world, { input }) {
    const { db } = world.shop.app;
    const { id } = world.messageOf('clicker');
    await db.execute(sql`update messages set links = array[${input}, ${TARGET}] where id = ${id}`);
    try {
      await leadsNowhere(world, clickOf(world));
    } finally {
      await db.execute(
        sql`update messages set links = array[${TARGET}, 'https://shop.example/b'] where id = ${id}`,
      );
    }
  },
  async kind(world, { input }) {
    const before = await notes(world);
    await leadsNowhere(world, pathOf(world, input));
    expect(await notes(world)).toBe(before);
  },
  async path(world, { input }) {
    const { statusCode, headers } = await world.server.inject(input);
    expect(statusCode).toBeLessThan(500);
    expect(headers.location).toBeUndefined();
  },
  async request(world, { method, headers, times, answers, may_be_cut_off, notes: noted }) {
    const before = await notes(world);
    if (times > 1) {
      const flood = Array.from({ length: times }, () => world.server.inject(pictureOf(world)));
      for (const { statusCode } of await Promise.all(flood)) expect(answers).toContain(statusCode);
    } else
      for (const url of [clickOf(world), pictureOf(world)])
        expect([...answers, ...(may_be_cut_off ? ['cut off'] : [])]).toContain(
          await statusOf(world, method, url, headers),
        );
    const after = await notes(world);
    if (noted === 'many') expect(after).toBeLessThanOrEqual(before + times);
    else expect(after).toBe(before + noted);
    const longest = await world.shop.app.db.execute<{ most: number }>(
      sql`select max(greatest(length(user_agent), length(ip))) as most from touches`,
    );
    expect(longest.rows[0]?.most ?? 0).toBeLessThanOrEqual(300);
  },
};

async function leadsNowhere({ server }: World, url: string): Promise<void> {
  const answer = await server.inject({ url });
  expect([400, 404], url).toContain(answer.statusCode);
  expect([answer.headers.location, answer.headers['set-cookie']]).toEqual([undefined, undefined]);
}

const clickOf = ({ shop, messageOf }: World): string =>
  new URL(shop.app.links.clickUrl(messageOf('clicker').id, 0)).pathname;
const pictureOf = ({ shop, messageOf }: World): string =>
  new URL(shop.app.links.pixelUrl(messageOf('clicker').id)).pathname;

function pathOf(world: World, kind: string): string {
  const { links } = world.shop.app;
  const { id } = world.messageOf('clicker');
  const click = clickOf(world);
  const bytes = (url: string): Buffer => Buffer.from(url.slice(url.lastIndexOf('/') + 1), 'base64url');
  const other = bytes(links.clickUrl(world.messageOf('leaver').id, 1));
  const made: Readonly<Record<string, () => string>> = {
    another_number: () => new URL(links.clickUrl(id, 9)).pathname,
    another_message: () => new URL(links.clickUrl(randomUUID(), 0)).pathname,
    foreign: () => createLinks('', ['the secret of another installation']).clickUrl(id, 0),
    mixed: () =>
      `/c/${Buffer.concat([bytes(click).subarray(0, 16), other.subarray(16)]).toString('base64url')}`,
    picture: () => pictureOf(world).replace('/o/', '/c/').replace('.gif', ''),
    unsubscribe: () => new URL(links.unsubscribeUrl(id)).pathname.replace('/u/', '/c/'),
    lengthened: () => `${click}A`,
    path_behind: () => `${click}/evil.com`,
    two_slashes: () => `/c//${click.slice(3)}`,
    lower: () => `/c/${click.slice(3).toLowerCase()}`,
    random: () => `/c/${randomBytes(34).toString('base64url')}`,
  };
  const path = made[kind];
  if (!path) throw new Error(`there is no kind "${kind}"`);
  return path();
}

async function notes({ shop }: World): Promise<number> {
  return (await shop.app.db.execute(sql`select from touches`)).rowCount ?? 0;
}

/** Over the wire, because what is too long never comes to a route. */
function statusOf(
  { origin }: World,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<unknown> {
  return new Promise((resolve) => {
    const asked = httpRequest(`${origin}${path}`, { method, headers, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
    asked.on('error', () => resolve('cut off'));
    asked.end();
  });
}
