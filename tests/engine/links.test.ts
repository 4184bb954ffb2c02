import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createLinks } from '../../src/engine/links.ts';

const ID = '0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f506';
const links = createLinks('https://shop.example', ['a secret']);
const token = tokenOf(links.unsubscribeUrl(ID));

function tokenOf(url: string): string {
  return url.slice('https://shop.example/u/'.length);
}

describe('the token of a survey', () => {
  const survey = links.surveyUrl(ID).slice('https://shop.example/s/'.length);

  it('tells the message that it was made for', () => {
    expect(links.surveyUrl(ID)).toMatch(/^https:\/\/shop\.example\/s\/[\w-]{43}$/);
    expect(links.readSurvey(survey)).toBe(ID);
  });

  it('opens nothing but the survey, and nothing else opens the survey', () => {
    expect(survey).not.toBe(token);
    expect(links.read(survey)).toBeUndefined();
    expect(links.readSurvey(token)).toBeUndefined();
  });
});

describe('the token of an unsubscribe link', () => {
  it('tells the message that it was made for', () => {
    expect(links.unsubscribeUrl(ID)).toMatch(/^https:\/\/shop\.example\/u\/[\w-]{43}$/);
    expect(links.read(token)).toBe(ID);
    const others = Array.from({ length: 200 }, () => randomUUID());
    expect(others.map((id) => links.read(tokenOf(links.unsubscribeUrl(id))))).toEqual(others);
  });

  it('is refused with any one of its 256 bits turned over', () => {
    const bytes = Buffer.from(token, 'base64url');
    const forged = Array.from({ length: 256 }, (_, bit) => {
      const copy = Buffer.from(bytes);
      copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
      return copy.toString('base64url');
    });
    expect(forged.filter((one) => links.read(one) !== undefined)).toEqual([]);
  });

  it('is refused with any one of its characters replaced, also where base64 has bits to spare', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const forged = [...token].flatMap((own, place) =>
      [...alphabet]
        .filter((other) => other !== own)
        .map((other) => token.slice(0, place) + other + token.slice(place + 1)),
    );
    expect(forged).toHaveLength(43 * 63);
    expect(forged.filter((one) => links.read(one) !== undefined)).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['one character less', token.slice(1)],
    ['one character more', `${token}A`],
    ['a padded one', `${token}=`],
    ['the alphabet of plain base64', Buffer.from(token, 'base64url').toString('base64').slice(0, 43)],
    ['a line break behind it', `${token}\n`],
    ['the bare id', ID],
    ['a megabyte', 'A'.repeat(1_000_000)],
  ])('is refused when it is %s', (_name, forged) => {
    expect(links.read(forged)).toBeUndefined();
  });

  it('of another secret is refused, and of an older one of ours still opens', () => {
    const stranger = createLinks('https://shop.example', ['another secret']);
    expect(stranger.read(token)).toBeUndefined();
    const rotated = createLinks('https://shop.example', ['a new secret', 'a secret']);
    expect(rotated.read(token)).toBe(ID);
    const new_token = tokenOf(rotated.unsubscribeUrl(ID));
    expect(rotated.read(new_token)).toBe(ID);
    expect(links.read(new_token)).toBeUndefined();
  });
});
