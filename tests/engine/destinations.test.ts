import { domainOf } from '../../src/core/messages/address.ts';
import { describe, expect, it } from 'vitest';
import {
  createDestinations,
  dayOfWarmUp,
  whyItWaits,
  type Admission,
  type Destinations,
} from '../../src/engine/destinations.ts';
import { at, DAY, HOUR, MINUTE } from '../support/build.ts';

const NOW = at('2026-03-01T12:00');
const SECOND = 1000;

function open(domains?: number): Destinations {
  return createDestinations({ at_once: 40, ...(domains === undefined ? {} : { domains }) });
}

/** How many may go at once, with no answer to any. */
function fill(all: Destinations, domain: string, now = NOW): number {
  for (let went = 0; ; went++) if (!all.may(domain, now, 0).go) return went;
}

/** Hands over and answers one after the other; how many went. */
function exchange(
  all: Destinations,
  domain: string,
  messages: number,
  how: { from?: number; took?: number; what?: 'accepted' | 'asked_for_less' } = {},
): number {
  let now = how.from ?? NOW;
  let went = 0;
  for (let tried = 0; tried < messages; tried++) {
    if (all.may(domain, now).go) {
      went++;
      now += how.took ?? 50;
      all.heard(domain, how.what ?? 'accepted', now, how.took ?? 50);
    }
  }
  return went;
}

function waitOf(admission: Admission, now: number): number {
  return admission.go ? 0 : admission.at - now;
}

/** A server that takes so many messages in a second and says 421 to more: what it was asked in each of these seconds. */
function askedEachSecond(
  all: Destinations,
  domain: string,
  takes: (second: number) => number,
  seconds: number,
): number[] {
  const asked: number[] = [];
  for (let second = 0; second < seconds; second++) {
    let count = 0;
    for (let part = 0; part < 20; part++) {
      const now = NOW + second * SECOND + part * 50;
      const going = Array.from({ length: 40 }, () => all.may(domain, now)).filter(({ go }) => go).length;
      for (let one = 0; one < going; one++)
        all.heard(domain, ++count <= takes(second) ? 'accepted' : 'asked_for_less', now + 40, 40);
    }
    asked.push(count);
  }
  return asked;
}

describe('how many go to one domain at once', () => {
  it('is few at first, and most of all places after it was prompt for a while', () => {
    const all = open();
    expect(fill(all, 'new.test')).toBe(4);
    exchange(all, 'prompt.test', 100);
    expect(fill(all, 'prompt.test', NOW + MINUTE)).toBe(32);
  });

  it('is never more than a fifth of all places where it says nothing, or takes its time', () => {
    const all = open();
    expect(fill(all, 'mute.test')).toBeLessThanOrEqual(8);
    exchange(all, 'slow.test', 500, { took: 7000 });
    expect(fill(all, 'slow.test', NOW + DAY / 2)).toBeLessThanOrEqual(8);
    exchange(all, 'leisurely.test', 500, { took: 3000 });
    expect(fill(all, 'leisurely.test', NOW + DAY / 2)).toBeLessThanOrEqual(8);
  });

  it('is halved when it falls silent, once for all that were under way together', () => {
    const all = open();
    exchange(all, 'a.test', 100);
    const later = NOW + MINUTE;
    expect(fill(all, 'a.test', later)).toBe(32);
    for (let one = 0; one < 32; one++) all.heard('a.test', 'silent', later + 100, 60_000);
    expect(fill(all, 'a.test', later + 200)).toBe(8);
    for (let one = 0; one < 8; one++) all.heard('a.test', 'silent', later + 5000, 60_000);
    expect(fill(all, 'a.test', later + 5100)).toBe(4);
  });

  it('tells who waits a short while to stand in line, and who would wait for long until when', () => {
    const all = open();
    fill(all, 'mute.test');
    expect(all.may('mute.test', NOW + 100, 50)).toMatchObject({ go: false, why: 'in_line' });
    const later = all.may('mute.test', NOW + 20 * SECOND, 10);
    expect(later).toMatchObject({ go: false, why: 'slow' });
    expect(waitOf(later, NOW + 20 * SECOND)).toBeGreaterThanOrEqual(10 * SECOND);
  });

  it('gives a place back that was not used', () => {
    const all = open();
    fill(all, 'a.test');
    expect(all.room('a.test')).toBe(0);
    all.heard('a.test', 'not_tried', NOW);
    expect(all.room('a.test')).toBe(1);
  });
});

describe('a domain that asks for fewer', () => {
  it('gets none for a moment, and for longer each time in a row', () => {
    const all = open();
    const pauses: number[] = [];
    for (let now = NOW, turn = 0; turn < 9; turn++) {
      expect(all.may('gmail.test', now).go).toBe(true);
      all.heard('gmail.test', 'asked_for_less', now, 40);
      const from = now;
      do now += SECOND;
      while (all.heldBack('gmail.test', now));
      pauses.push(Math.round((now - from) / SECOND));
    }
    expect(pauses[0]).toBeGreaterThanOrEqual(8);
    expect(pauses[0]).toBeLessThanOrEqual(12);
    for (const [turn, pause] of pauses.slice(1, 6).entries())
      expect(pause / (pauses[turn] ?? 1), `pause ${turn + 1}`).toBeCloseTo(2, 0);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(15 * 60 + 10);
  });

  it('is asked far less within ten seconds, and more again by the same amount each second', () => {
    const all = open();
    exchange(all, 'gmail.test', 100, { from: NOW - HOUR });
    // It takes none for ten seconds, and then all that comes.
    const asked = askedEachSecond(
      all,
      'gmail.test',
      (second) => (second < 3 ? 200 : second < 13 ? 0 : 1000),
      240,
    );
    expect(asked[0]).toBeGreaterThan(100);
    expect(asked.slice(4, 13).reduce((sum, one) => sum + one, 0)).toBeLessThan(10);
    const minutes = [1, 2, 3].map((minute) =>
      asked.slice(minute * 60, minute * 60 + 60).reduce((a, b) => a + b, 0),
    );
    const [first = 0, second = 0, third = 0] = minutes;
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(second);
    expect((third - second) / (second - first)).toBeGreaterThan(0.8);
    expect((third - second) / (second - first)).toBeLessThan(1.25);
  });

  it('comes to about what it takes, and is never asked twice as much for long', () => {
    const all = open();
    const asked = askedEachSecond(all, 'narrow.test', () => 10, 1200).slice(300);
    const average = asked.reduce((sum, one) => sum + one, 0) / asked.length;
    expect(average).toBeGreaterThan(4);
    expect(average).toBeLessThan(11);
  });

  it('changes nothing for others', () => {
    const all = open();
    exchange(all, 'good.test', 100, { from: NOW - HOUR });
    for (let one = 0; one < 10; one++) all.heard('gmail.test', 'asked_for_less', NOW + one * MINUTE, 40);
    expect(all.heldBack('good.test', NOW)).toBeUndefined();
    expect(fill(all, 'good.test')).toBe(32);
  });

  it('gives each that waits a moment of its own, within ten minutes', () => {
    const all = open();
    all.may('gmail.test', NOW);
    all.heard('gmail.test', 'asked_for_less', NOW, 40);
    const waits = Array.from({ length: 50 }, () => waitOf(all.may('gmail.test', NOW), NOW));
    expect(new Set(waits).size).toBe(50);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(10 * SECOND);
    for (let one = 0; one < 10_000; one++) waits.push(waitOf(all.may('gmail.test', NOW), NOW));
    expect(Math.max(...waits)).toBeLessThanOrEqual(10 * MINUTE + 20 * SECOND);
  });
});

describe('a domain that refuses us as a sender', () => {
  it('gets nothing for five minutes, then longer, until it accepts something', () => {
    const all = open();
    all.heard('m.test', 'unwanted', NOW, 40);
    expect(all.heldBack('m.test', NOW + 4 * MINUTE)).toMatchObject({ why: 'unwanted' });
    expect(all.heldBack('m.test', NOW + 5 * MINUTE)).toBeUndefined();
    all.heard('m.test', 'unwanted', NOW + 5 * MINUTE, 40);
    expect(all.heldBack('m.test', NOW + 14 * MINUTE)).toMatchObject({ why: 'unwanted' });
    expect(all.heldBack('m.test', NOW + 15 * MINUTE)).toBeUndefined();
    all.heard('m.test', 'accepted', NOW + 15 * MINUTE, 40);
    all.heard('m.test', 'unwanted', NOW + 16 * MINUTE, 40);
    expect(all.heldBack('m.test', NOW + 21 * MINUTE)).toBeUndefined();
  });

  it('is told about at once, and then once an hour with how often it happened', () => {
    const all = open();
    const told = Array.from({ length: 121 }, (_, minute) =>
      all.count('m.test', 'unwanted', NOW + minute * MINUTE),
    );
    expect(told.flatMap((times, minute) => (times === undefined ? [] : [[minute, times]]))).toEqual([
      [0, 1],
      [60, 60],
      [120, 60],
    ]);
    expect(all.count('other.test', 'unwanted', NOW)).toBe(1);
  });
});

describe('what is remembered', () => {
  it('is so many domains, of which those not written to for longest are forgotten', () => {
    const all = open(1000);
    for (let one = 0; one < 1500; one++) {
      all.heard(`d${one}.test`, 'unwanted', NOW, 40);
      all.heard('kept.test', 'unwanted', NOW, 40);
    }
    expect(all.size).toBe(1000);
    expect(all.heldBack('kept.test', NOW)).toBeDefined();
    expect(all.heldBack('d1499.test', NOW)).toBeDefined();
    expect(all.heldBack('d1.test', NOW)).toBeUndefined();
  });

  it('is never a domain to which something is under way, and none that was idle for a day', () => {
    const all = open(10);
    fill(all, 'busy.test');
    for (let one = 0; one < 50; one++) exchange(all, `d${one}.test`, 1);
    expect(all.room('busy.test')).toBe(0);
    expect(all.size).toBe(10);
    const large = open();
    for (let one = 0; one < 50; one++) exchange(large, `d${one}.test`, 1);
    exchange(large, 'new.test', 1, { from: NOW + 2 * DAY });
    expect(large.size).toBe(1);
  });

  it('holds 100,000 domains at most', () => {
    const all = open();
    for (let one = 0; one < 100_500; one++) all.heard(`d${one}.test`, 'accepted', NOW, 40);
    expect(all.size).toBe(100_000);
  });
});

it('the domain of an address is in lower case', () => {
  expect(domainOf('Ana@Example.COM')).toBe('example.com');
});

it('says why something waits, in both languages', () => {
  for (const why of ['slow', 'asked_for_less', 'unwanted'] as const) {
    const { en, es } = whyItWaits('gmail.test', why);
    expect(en).toContain('gmail.test');
    expect(es).toContain('gmail.test');
    expect(es).not.toBe(en);
  }
});

describe('a sender that is new', () => {
  const warm_up = { started_at: NOW, first_day: 50 };

  it('sends at most twice as many each day', () => {
    const caps = [0, 1, 2, 3, 7].map((day) => dayOfWarmUp(warm_up, NOW + day * DAY + HOUR).cap);
    expect(caps).toEqual([50, 100, 200, 400, 6400]);
  });

  it('counts its days from the moment at which it began', () => {
    expect(dayOfWarmUp(warm_up, NOW + DAY - 1)).toEqual({ cap: 50, from: NOW, until: NOW + DAY });
    expect(dayOfWarmUp(warm_up, NOW + DAY)).toEqual({ cap: 100, from: NOW + DAY, until: NOW + 2 * DAY });
    expect(dayOfWarmUp(warm_up, NOW - HOUR)).toEqual({ cap: 50, from: NOW - DAY, until: NOW });
  });
});
