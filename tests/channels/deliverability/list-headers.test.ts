/** E7, E11, E12, E13, E14: the fields that tell programs what a message is, and how to get no more of its kind. */
import { describe, expect, it } from 'vitest';
import { aParcel } from '../parcel.ts';
import { BOUNCES, capture, LINKS, valuesOf, type Captured } from './capture.ts';

const ID = aParcel().id;
const WAY = { bounces: BOUNCES };
const TOKEN = LINKS.bounceToken(ID);

describe('E7: the way out', () => {
  it('is one field with an address to ask at and one to write to, for this message alone', async () => {
    const unsubscribe_url = LINKS.unsubscribeUrl(ID);
    const one = await capture({ unsubscribe_url }, WAY);
    const mailto = `mailto:unsubscribe+${TOKEN}@news.shop.example?subject=unsubscribe`;
    expect(valuesOf(one, 'list-unsubscribe')).toEqual([`<${unsubscribe_url}>, <${mailto}>`]);
    expect(valuesOf(one, 'list-unsubscribe-post')).toEqual(['List-Unsubscribe=One-Click']);
  });

  it('says nothing of the person, and can be made by nobody else', async () => {
    const one = await capture({ unsubscribe_url: LINKS.unsubscribeUrl(ID) }, WAY);
    const [, url = ''] = /<(https:[^>]*)>/.exec(valuesOf(one, 'list-unsubscribe')[0] ?? '') ?? [];
    expect(url).toMatch(/^https:\/\/shop\.example\/u\/[\w-]{43}$/);
    expect(url).not.toContain(ID.slice(0, 8));
    expect(LINKS.read(url.slice(-43))).toBe(ID);
    expect(LINKS.readBounceToken(TOKEN)).toBe(ID);
  });

  it.each([43, 300, 700])('stands whole on its line with a token of %i characters', async (length) => {
    const unsubscribe_url = `https://shop.example/u/${'x'.repeat(length)}`;
    const one = await capture({ unsubscribe_url }, WAY);
    expect(one.lines).toContain(`List-Unsubscribe: <${unsubscribe_url}>,`);
    expect(Math.max(...one.lines.map((line) => line.length))).toBeLessThanOrEqual(998);
  });

  it('has the address to ask at alone where no mails are read', async () => {
    expect(valuesOf(await capture(), 'list-unsubscribe')).toEqual([`<${aParcel().unsubscribe_url}>`]);
  });

  it('lets nothing out of its brackets', async () => {
    const unsubscribe_url = 'https://shop.example/u/x>\r\nBcc: evil@x.com\r\n <y\0é';
    const one = await capture({ unsubscribe_url });
    expect(valuesOf(one, 'list-unsubscribe')).toEqual(['<https://shop.example/u/xBcc:evil@x.comy>']);
    expect(valuesOf(one, 'bcc')).toEqual([]);
  });
});

const LIST_FIELDS = ['list-unsubscribe', 'list-unsubscribe-post', 'list-id', 'precedence'];

describe('E11, E12, E13: what a message says of its kind', () => {
  const present = (one: Captured): string[] => LIST_FIELDS.filter((name) => valuesOf(one, name).length === 1);

  it('is a list with an id and bulk for promotions, and none of it for service messages', async () => {
    expect(present(await capture({}, WAY))).toEqual(LIST_FIELDS);
    expect(present(await capture({ unsubscribe_url: undefined }, WAY))).toEqual([]);
  });

  it('is the same list whatever the shop calls itself, and one id in ASCII (RFC 2919)', async () => {
    for (const name of ['Shop', 'Café 👟', '日本', '"<x>"']) {
      const [id] = valuesOf(await capture({ from: { name, email: 'hola@español.example' } }), 'list-id');
      expect(id).toMatch(/^[A-Za-z0-9 ]*<etapa\.xn--espaol-zwa\.example>$/);
    }
  });

  it.each([aParcel().unsubscribe_url, undefined])(
    'is: sent by a program, do not answer by one',
    async (url) => {
      const one = await capture({ unsubscribe_url: url }, WAY);
      expect(valuesOf(one, 'auto-submitted')).toEqual(['auto-generated']);
      expect(valuesOf(one, 'x-auto-response-suppress')).toEqual(['OOF, AutoReply']);
      expect(valuesOf(one, 'precedence')).toEqual(url === undefined ? [] : ['bulk']);
    },
  );
});

describe('E14: whom complaints count for', () => {
  const headers = { 'X-Etapa-Workflow': 'abandoned_cart', 'X-Etapa-Template': 'cart_reminder_1' };
  const feedback = async (parts: Parameters<typeof capture>[0]): Promise<string[]> =>
    valuesOf(await capture({ headers, ...parts }, WAY), 'feedback-id');

  it('are workflow, message, purpose and sender', async () => {
    expect(await feedback({})).toEqual(['abandoned_cart:cart_reminder_1:promotion:shop-example']);
    expect(await feedback({ unsubscribe_url: undefined })).toEqual([
      'abandoned_cart:cart_reminder_1:service:shop-example',
    ]);
  });

  it('are the same for everybody who gets the message', async () => {
    const one = await feedback({ to: 'ana@example.com', id: '01931b2e-7a00-7000-8000-000000000001' });
    const other = await feedback({ to: 'eve@example.org', id: '01931b2e-7a00-7000-8000-000000000002' });
    expect(one).toEqual(other);
  });

  it.each([
    ['a.co', 'a-co-mail'],
    ['a-very-long-name.of-a-shop.example', 'a-very-long-nam'],
    ['español.example', 'xn--espaol-zwa-'],
  ])('have a sender of 5 to 15 characters for %s', async (domain, sender) => {
    const [value = ''] = await feedback({ from: { name: 'Shop', email: `shop@${domain}` } });
    expect(value.split(':')[3]).toBe(sender);
  });

  it.each([
    [
      { 'X-Etapa-Workflow': 'a:b', 'X-Etapa-Template': 'c d\r\nBcc: evil@x.com' },
      'a_b:c_d__Bcc__evil_x.com:',
    ],
    [{}, '-:-:'],
    [{ 'X-Etapa-Workflow': 'w'.repeat(900), 'X-Etapa-Template': 'm' }, `${'w'.repeat(64)}:m:`],
  ])('are four words whatever the ids are', async (marks, begin) => {
    const [value = ''] = await feedback({ headers: marks });
    expect(value.startsWith(begin)).toBe(true);
    expect(value.split(':')).toHaveLength(4);
  });
});

describe('what Etapa thinks of a person', () => {
  const headers = { 'X-Etapa-Tone': 'calm', 'X-Etapa-Stage': 'decision' };

  it('does not leave the house', async () => {
    const one = await capture({ headers }, WAY);
    expect(one.fields.filter(([name]) => name.startsWith('x-etapa'))).toEqual([['x-etapa-message', ID]]);
    expect(one.text).not.toMatch(/calm|decision/);
  });

  it('can be read in an inbox of our own', async () => {
    const one = await capture({ headers }, { internal_headers: true });
    expect(valuesOf(one, 'x-etapa-tone')).toEqual(['calm']);
    expect(valuesOf(one, 'x-etapa-stage')).toEqual(['decision']);
  });
});
