import { describe, expect, test } from 'vitest';
import {
  consentTo,
  foldConsent,
  isConfirmed,
  mergeConsents,
  proofIn,
  sayingsOf,
  type Consents,
} from '../../../src/core/contacts/consent.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { anEvent, at, MINUTE } from '../../support/build.ts';

const START = at('2026-03-01T00:00');

type Said = readonly [name: string, properties?: JsonObject];

/** Said one after the other, a minute apart. */
function after(...said: readonly Said[]): Consents {
  return said.reduce<Consents>(
    (all, [name, properties = {}], minute) =>
      foldConsent(all, anEvent(name, properties, START + minute * MINUTE)),
    {},
  );
}

const TIPS = { topic: 'tips' };

describe('a topic', () => {
  test.each<[string, readonly Said[], boolean | undefined]>([
    ['has no word where none was said', [], undefined],
    ['goes with its channel', [['consent_given']], true],
    ['can be refused alone', [['consent_given'], ['consent_withdrawn', TIPS]], false],
    [
      'stays refused when the channel is allowed again',
      [['consent_withdrawn', TIPS], ['consent_given']],
      false,
    ],
    ['can be allowed alone', [['consent_given', TIPS]], true],
    ['ends with the channel', [['consent_given', TIPS], ['unsubscribed']], false],
    ['can be allowed after the channel was refused', [['unsubscribed'], ['consent_given', TIPS]], true],
    [
      'is not touched by a word on another',
      [['consent_given'], ['consent_withdrawn', { topic: 'offers' }]],
      true,
    ],
    ['comes with identify too', [['identified', { consent: ['email/tips'] }]], true],
  ])('%s', (_, said, granted) => {
    expect(consentTo(after(...said), 'email', 'tips')?.granted).toBe(granted);
  });

  test('allowed alone allows nothing else of its channel', () => {
    expect(consentTo(after(['consent_given', TIPS]), 'email', null)).toBeUndefined();
    expect(consentTo(after(['consent_given', TIPS]), 'email', 'offers')).toBeUndefined();
  });
});

describe('a confirmation', () => {
  const confirmed = (consents: Consents): boolean | undefined => {
    const consent = consentTo(consents, 'email', null);
    return consent && consent.granted && isConfirmed(consent);
  };

  test.each<[string, readonly Said[], boolean]>([
    ['is missing at first', [['consent_given']], false],
    ['counts as a yes', [['consent_confirmed']], true],
    ['holds when the yes is repeated', [['consent_confirmed'], ['consent_given']], true],
    ['ends with a no', [['consent_confirmed'], ['unsubscribed'], ['consent_given']], false],
    ['can be given anew', [['consent_confirmed'], ['unsubscribed'], ['consent_confirmed']], true],
  ])('%s', (_, said, is_confirmed) => {
    expect(confirmed(after(...said))).toBe(is_confirmed);
  });

  test('is lost in a merge with somebody who said no after it', () => {
    const merged = mergeConsents(after(['consent_confirmed']), after(['page'], ['unsubscribed']));
    expect(confirmed(merged)).toBe(false);
    expect(confirmed(foldConsent(merged, anEvent('consent_given', {}, START + 9 * MINUTE)))).toBe(false);
  });
});

test('an event says nothing of names that cannot be read, but a no is heard all the same', () => {
  const said = (name: string, properties: JsonObject): unknown =>
    sayingsOf(anEvent(name, properties, START)).map(({ key, word }) => `${key} ${word}`);
  expect(said('consent_given', { channel: 'E-Mail!' })).toEqual([]);
  expect(said('unsubscribed', { channel: 7 })).toEqual(['email withdrawn']);
  expect(said('consent_given', { topic: ['tips', '', 7, 'a b'] })).toEqual(['email/tips given']);
  expect(said('consent_given', { channel: ['email', 'sms'], topic: 'tips' })).toEqual([
    'email/tips given',
    'sms/tips given',
  ]);
  expect(said('order_completed', { channel: 'email' })).toEqual([]);
});

test('the proof is what the source told, at the top or apart, and no more', () => {
  expect(proofIn(anEvent('consent_given', { ip: '203.0.113.9', text_version: 'v3' }, START))).toEqual({
    ...{ text_version: 'v3', ip: '203.0.113.9', user_agent: null },
  });
  const apart = { consent_proof: { ip: '203.0.113.9', user_agent: 'x'.repeat(1000) } };
  expect(proofIn(anEvent('identified', apart, START))).toEqual({
    ...{ text_version: null, ip: '203.0.113.9', user_agent: 'x'.repeat(300) },
  });
});
