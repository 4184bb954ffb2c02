import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { messageContext } from '../../src/core/messages/context.ts';
import { readContext, writeContext } from '../../src/render/context.ts';
import { compileTemplate } from '../../src/render/template.ts';

const show = (source: string, context: JsonObject) =>
  compileTemplate(source, { plain: true })(context).replaceAll('\u00A0', ' ').replaceAll('\u202F', ' ');
const english = { language: 'en', country: 'GB', currency: 'GBP', time_zone: 'Europe/London' };
const spanish = { language: 'es', country: 'ES', currency: 'EUR', time_zone: 'Europe/Madrid' };
const mexican = { language: 'es', country: 'MX', currency: 'MXN', time_zone: 'America/Mexico_City' };

describe('money', () => {
  it.each([
    [english, '£12,345.50'],
    [spanish, '12.345,50 €'],
    [mexican, '$12,345.50'],
    [{ language: 'es' }, '12.345,50'],
    [{ ...english, currency: 'not money' }, '12,345.50'],
    [{ ...english, country: 'x"y' }, '£12,345.50'],
  ])('%j writes %s', (context, expected) => {
    expect(show('{{money amount}}', { ...context, amount: 12345.5 })).toBe(expected);
  });

  it('takes the written currency before the one of the context, and a number sent as text', () => {
    expect(show('{{money amount "USD"}}', { ...spanish, amount: '3' })).toBe('3,00 $');
    expect(
      show('{{money amount event.currency}}', { ...english, amount: 3, event: { currency: 'eur' } }),
    ).toBe('€3.00');
  });

  it.each([null, '', 'abc', [], {}, true])('prints nothing for %j', (amount) => {
    expect(show('{{money amount}}{{number amount}}', { ...english, amount })).toBe('');
  });
});

describe('date', () => {
  const late = '2027-03-01T23:30:00Z';
  it.each([
    ['{{date at}}', english, '1 March 2027'],
    ['{{date at}}', spanish, '2 de marzo de 2027'],
    ['{{date at}}', mexican, '1 de marzo de 2027'],
    ['{{date at "weekday"}}', spanish, 'martes'],
    ['{{date at "day"}}', english, '1 March'],
    ['{{date at "time"}}', spanish, '0:30'],
    ['{{date at "short"}}', english, '01/03/2027'],
    ['{{date at}}', { ...english, time_zone: 'Mars/Phobos' }, '1 March 2027'],
  ])('%s for %j', (source, context, expected) => {
    expect(show(source, { ...context, at: late })).toBe(expected);
    expect(show(source, { ...context, at: Date.parse(late) })).toBe(expected);
  });

  it('a day without a time stays that day in every zone', () => {
    for (const time_zone of ['Pacific/Auckland', 'America/Los_Angeles']) {
      expect(show('{{date at}}', { ...english, time_zone, at: '2027-03-01' })).toBe('1 March 2027');
    }
  });

  it('a time without a zone is UTC, wherever the server stands', () => {
    expect(show('{{date at "time"}}', { ...spanish, at: '2027-03-01T10:00:00' })).toBe('11:00');
  });

  it.each(['tomorrow', '5', '2027-13-45', '+275760-09-14', 1e300, null, {}])(
    'prints nothing for %j',
    (at) => {
      expect(show('{{date at}}', { ...english, at })).toBe('');
    },
  );
});

describe('count', () => {
  it.each([
    ['{{count n "item"}}', 'en', 1, '1 item'],
    ['{{count n "item"}}', 'en', 3, '3 items'],
    ['{{count n "category"}}', 'en', 2, '2 categories'],
    ['{{count n "box"}}', 'en', 0, '0 boxes'],
    ['{{count n "day"}}', 'en', 2, '2 days'],
    ['{{count n "foot" "feet"}}', 'en', 2, '2 feet'],
    ['{{count n "artículo"}}', 'es', 2, '2 artículos'],
    ['{{count n "artículo"}}', 'es', 1, '1 artículo'],
    ['{{count n "promoción"}}', 'es', 2, '2 promociones'],
    ['{{count n "vez"}}', 'es', 3, '3 veces'],
    ['{{count n "color"}}', 'es', 3, '3 colores'],
    ['{{count n "artículo"}}', 'es', 12345, '12.345 artículos'],
  ])('%s in %s of %i is "%s"', (source, language, n, expected) => {
    expect(show(source, { language, n })).toBe(expected);
    if (n < 10) expect(show(source, { language, n: Array.from({ length: n }, () => 0) })).toBe(expected);
  });

  it('nothing at all counts as none', () => {
    expect(show('{{count cart.items "item"}}', { language: 'en' })).toBe('0 items');
  });
});

describe('url', () => {
  it.each([
    'javascript:alert(1)',
    '\tjavascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    '//evil.com',
    '/\\evil.com',
    'https:evil.com',
    'https://good.com@evil.com',
    'https://good.com%0d%0aSet-Cookie:x=1',
    '',
    7,
    null,
    { href: 'https://a.b' },
  ])('%j leads nowhere', (link) => {
    expect(show('[{{url link}}]', { link })).toBe('[]');
  });

  it('a good address passes, and cannot leave its attribute', () => {
    const link = 'https://a.b/x?q="><img src=x onerror=1>&z=é';
    const html = compileTemplate('<a href="{{url link}}">x</a>')({ link });
    expect(html).toMatch(/^<a href="https:\/\/a\.b\/x\?[^"<>]+">x<\/a>$/);
    expect(show('{{url link}}', { link: 'mailto:a@b.example' })).toBe('mailto:a@b.example');
  });
});

describe('words that ask', () => {
  it('tone, formal, is and more_than choose their side', () => {
    const context = { tone: 'calm', formality: 'usted', n: '3', items: [1, 2], none: null };
    const ask = (question: string) =>
      show(`{{#${question}}}yes{{else}}no{{/${question.split(' ')[0]}}}`, context);
    expect(ask('tone "brief" "calm"')).toBe('yes');
    expect(ask('tone "brief"')).toBe('no');
    expect(ask('formal')).toBe('yes');
    expect(ask('is n 3')).toBe('yes');
    expect(ask('is none missing')).toBe('no');
    expect(ask('more_than n 2')).toBe('yes');
    expect(ask('more_than items 2')).toBe('no');
    expect(ask('more_than missing 0')).toBe('no');
    expect(show('{{#if (is n 3)}}yes{{/if}}', context)).toBe('yes');
  });

  it.each(['tu', 'casual'])('%s is not formal', (formality) => {
    expect(show('{{#formal}}su{{else}}tu{{/formal}}', { formality })).toBe('tu');
  });

  it('default fills in only where there is nothing', () => {
    const both = (name: JsonObject[string] | undefined) =>
      show('{{default n "friend"}}', name === undefined ? {} : { n: name });
    expect([both(undefined), both(null), both(' '), both(0), both('Ana')]).toEqual([
      'friend',
      'friend',
      'friend',
      '0',
      'Ana',
    ]);
  });
});

describe('the context', () => {
  it('a reserved word wins over a contact field of that name, also when it is absent', () => {
    const fields = { first_name: 'Ana', tone: 'rude', sender: 'evil', cart: 'x' };
    expect(messageContext(fields, { tone: 'calm' })).toEqual({ first_name: 'Ana', tone: 'calm' });
  });

  it('functions and prototypes are left behind', () => {
    const hostile = { name: { toString: () => 'called' }, run: () => 'called', at: new Date(0) };
    expect(readContext(writeContext(hostile))).toEqual({ name: {}, at: '1970-01-01T00:00:00.000Z' });
    expect(() => readContext(writeContext('text'))).toThrow('must be an object');
  });
});
