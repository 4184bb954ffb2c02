/** E19: the Return-Path names the message, by a token that only we can make. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createLinks } from '../../../src/engine/links.ts';
import { aParcel } from '../parcel.ts';
import { BOUNCES, capture, LINKS } from './capture.ts';

const ID = aParcel().id;
const TOKEN = LINKS.bounceToken(ID);

describe('the sender in the envelope', () => {
  it('carries the token of the message', async () => {
    const { from } = await capture({}, { bounces: BOUNCES });
    expect(from).toBe(`MAIL FROM:<bounces+${TOKEN}@news.shop.example>`);
    expect(LINKS.readBounceToken(TOKEN)).toBe(ID);
  });

  it('is the same on each attempt and another for each message, while From stays', async () => {
    const [one, again, other] = await Promise.all(
      [ID, ID, randomUUID()].map((id) => capture({ id }, { bounces: BOUNCES })),
    );
    expect(one?.from).toBe(again?.from);
    expect(one?.from).not.toBe(other?.from);
    expect(other?.text).toContain('From: Test shop <shop@shop.example>');
  });

  it('is the address of the shop where no reports are read', async () => {
    expect((await capture()).from).toBe('MAIL FROM:<shop@shop.example>');
  });

  it('is in ASCII for a domain in other letters, and at most 64 octets before the @', async () => {
    const { from } = await capture({}, { bounces: { ...BOUNCES, domain: 'rebotes.español.example' } });
    expect(from).toBe(`MAIL FROM:<bounces+${TOKEN}@rebotes.xn--espaol-zwa.example>`);
    expect(`unsubscribe+${TOKEN}`.length).toBeLessThanOrEqual(64);
  });
});

describe('the token', () => {
  it('tells its message, also in capitals', () => {
    const ids = [...Array.from({ length: 500 }, () => randomUUID()), '00000000-0000-0000-0000-000000000000'];
    for (const id of ids) {
      const token = LINKS.bounceToken(id);
      expect(token).toMatch(/^[01][0-9a-v]{51}$/);
      expect(LINKS.readBounceToken(token)).toBe(id);
      expect(LINKS.readBounceToken(token.toUpperCase())).toBe(id);
    }
  });

  it('is refused with any one of its characters replaced', () => {
    const forged = [...TOKEN].flatMap((own, place) =>
      [...'0123456789abcdefghijklmnopqrstuvwxyz+-=']
        .filter((other) => other !== own)
        .map((other) => TOKEN.slice(0, place) + other + TOKEN.slice(place + 1)),
    );
    expect(forged).toHaveLength(52 * 38);
    expect(forged.filter((one) => LINKS.readBounceToken(one) !== undefined)).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['one character less', TOKEN.slice(1)],
    ['one character more', `0${TOKEN}`],
    ['a line break behind it', `${TOKEN}\n`],
    ['the bare id', ID],
    ['more than 32 octets', 'v'.repeat(52)],
    ['a megabyte', '0'.repeat(1_000_000)],
  ])('is refused when it is %s', (_name, forged) => {
    expect(LINKS.readBounceToken(forged)).toBeUndefined();
  });

  it('opens nothing else, and nothing else passes for it', () => {
    const [unsubscribe = ''] = LINKS.unsubscribeUrl(ID).split('/').slice(-1);
    expect(LINKS.readBounceToken(unsubscribe)).toBeUndefined();
    expect(LINKS.read(TOKEN)).toBeUndefined();
    const in_base32 = BigInt(`0x${Buffer.from(unsubscribe, 'base64url').toString('hex')}`).toString(32);
    expect(LINKS.readBounceToken(in_base32.padStart(52, '0'))).toBeUndefined();
  });

  it('of another secret is refused, and of an older one of ours is still read', () => {
    expect(createLinks('https://shop.example', ['another']).readBounceToken(TOKEN)).toBeUndefined();
    expect(createLinks('https://shop.example', ['new', 'a secret']).readBounceToken(TOKEN)).toBe(ID);
  });
});
