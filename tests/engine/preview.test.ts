/** What a preview shows is what is sent. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRenderer } from '../../src/render/renderer.ts';
import type { Contact } from '../../src/core/contacts/contact.ts';
import type { Message } from '../../src/core/messages/message.ts';
import { createPreviewer, renderMessage, type Forced, type Preview } from '../../src/engine/preview.ts';
import { sampleContact, sampleEvent } from '../../src/engine/sample-contact.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { aLoadedProject, at, DAY, HOUR, MINUTE } from '../support/build.ts';
import { EXPLAINED_FILES } from '../support/explained.ts';
import { identified, product, tracked } from '../support/traffic.ts';

/** Starting a thread from sources takes seconds on a busy machine. */
vi.setConfig({ testTimeout: 30_000 });

const START = at('2026-11-16T09:00Z');
const END = START + 2 * HOUR;
const renderer = createRenderer({ threads: 1 });

const SURVEY = {
  'templates/opinion/message.yaml': `version: 1
message: opinion
purpose: service
survey: recommend
subject: { plain: 'Order {{event.order_id}}' }
preheader: 'For {{first_name}}'
`,
  'templates/opinion/email.en.mjml':
    '<mj-section><mj-column><mj-text>{{#each survey_links}}{{this.score}} {{/each}}of {{default event.carrier "nobody"}}</mj-text></mj-column></mj-section>',
  'templates/opinion/email.es.mjml':
    '<mj-section><mj-column><mj-text>{{formality}}</mj-text></mj-column></mj-section>',
};

let shop: TestApp;
beforeAll(async () => {
  shop = await openTestApp({
    files: { ...EXPLAINED_FILES, ...SURVEY },
    backend: 'postgres',
    start: START - HOUR,
  });
  const ana = { user_id: 'ana' };
  const traits = { email: 'ana@example.com', first_name: 'Ana', language: 'es', consent: ['email'] };
  await shop.live(
    [
      identified(ana, traits, { at: START }),
      tracked(ana, 'product_added', product('shoe', 60), { at: START + MINUTE }),
      tracked(ana, 'order_completed', { order_id: 'o1', total: 60 }, { at: START + 90 * MINUTE }),
    ],
    END,
  );
});
afterAll(async () => {
  await shop.close();
  await renderer.close();
});

async function ana(): Promise<Contact> {
  const stored = await shop.app.reader.findContact('ana');
  if (!stored) throw new Error('Ana is not there');
  return stored.contact;
}

async function previewed(message: string, forced: Forced = {}, contact?: Contact): Promise<Preview> {
  const live = shop.app.live();
  const who = contact ?? (await ana());
  return renderMessage(live, renderer, who, { message, channel: 'email', event: {} }, END, forced);
}

describe('a preview for somebody who is known', () => {
  it('has the words, the language and the address of what was sent', async () => {
    const [, receipt] = shop.parcels;
    const preview = await previewed('receipt');
    expect(receipt?.headers['X-Etapa-Template']).toBe('receipt');
    const { subject, html, text, to, language } = preview;
    expect({ subject, html, text, to, language }).toEqual({
      subject: receipt?.subject,
      html: receipt?.html,
      text: receipt?.text,
      to: receipt?.to,
      language: receipt?.language,
    });
    expect(preview).toMatchObject({
      subject: 'Hola Ana de receipt',
      tone: 'plain',
      formality: 'tu',
      held_back: null,
    });
  });

  it('is that of the moment at which it was owed, but for the links, where a test asks', async () => {
    const live = shop.app.live();
    const [reminder] = shop.parcels;
    const contact = await ana();
    const [row] = await shop.app.reader.messages(contact.id, END);
    const before = { ...contact, profile: { ...contact.profile, cart: CART } };
    const owed: Message = {
      workflow: 'reminding',
      run: 1,
      step: '2',
      visit: 2,
      message: 'reminder',
      channel: 'email',
      purpose: 'promotion',
      owed_at: row?.owed_at ?? 0,
      stage: 'decision',
      language: 'es',
      tone: 'plain',
      formality: {},
      because: { en: '', es: '' },
      held_back: null,
      event: {},
    };
    const { html, text, subject } = await createPreviewer(live, renderer)(owed, before);
    // Links differ in length, and so does where lines break before them.
    const plain = (words = ''): string =>
      words
        .replaceAll(/\s*<?https?:[^"<>\s]*(unsubscribe|preferences|\/[up]\/)[^"<>\s]*/g, ' WAY OUT')
        .replaceAll(/\s+/g, ' ');
    expect([subject, plain(text), plain(html)]).toEqual([
      reminder?.subject,
      plain(reminder?.text),
      plain(reminder?.html),
    ]);
    expect(text).toContain('60');
  });

  it('is made in another tone or language where that is asked for, and says so', async () => {
    expect(await previewed('reminder', { tone: 'calm', language: 'es' })).toMatchObject({
      tone: 'calm',
      formality: 'usted',
      because: { en: 'it was asked for' },
    });
    expect(await previewed('reminder', { language: 'en' })).toMatchObject({
      subject: 'Hello Ana from reminder',
      formality: 'casual',
      because: { en: 'the usual tone' },
    });
    expect((await previewed('opinion', { tone: 'calm', language: 'es' })).text).toContain('usted');
  });

  it('shows the words also where they would be held back, with the reason', async () => {
    const contact = await ana();
    const silent = { ...contact, profile: { ...contact.profile, consent: {} } };
    expect(await previewed('reminder', {}, silent)).toMatchObject({
      subject: 'Hola Ana de reminder',
      held_back: { en: 'never allowed promotions by email' },
    });
    expect((await previewed('receipt', {}, silent)).held_back).toBeNull();
    const fields = { ...contact.profile.fields, email: { value: 'ana@', at: START } };
    const unreachable = { ...contact, profile: { ...contact.profile, fields } };
    expect((await previewed('receipt', {}, unreachable)).held_back?.en).toMatch(
      /no address that one recipient/,
    );
  });

  it('holds the links of a survey and the line after the subject', async () => {
    const { text, preheader } = await previewed('opinion', { language: 'en' });
    expect(text).toContain('0 1 2 3 4 5 6 7 8 9 10 of nobody');
    expect(preheader).toBe('For Ana');
  });

  it('of a message, tone or language that is not there, says so', async () => {
    await expect(previewed('remindr')).rejects.toThrow('There is no message called "remindr".');
    await expect(previewed('reminder', { tone: 'clam' })).rejects.toThrow('There is no tone called "clam".');
    await expect(previewed('reminder', { language: 'fr' })).rejects.toThrow(/no language called "fr"/);
  });
});

/** As it was before the order. */
const CART = {
  changes: [
    {
      ...{ id: 'x', at: START + MINUTE, kind: 'add' as const },
      products: [{ product_id: 'shoe', name: 'Product shoe', price: 60, quantity: 1 }],
    },
  ],
};

describe('somebody made up', () => {
  it('has a value for each field, a cart of two products, an order, and the stage that follows from these', () => {
    const live = shop.app.live();
    const contact = sampleContact(live, END);
    const fields = Object.fromEntries(
      Object.entries(contact.profile.fields).map(([name, { value }]) => [name, value]),
    );
    expect(fields).toEqual({
      email: 'ana@example.com',
      phone: '+34 600 000 000',
      first_name: 'Ana',
      language: 'en',
      time_zone: 'Europe/Madrid',
      birthday: '1990-05-17',
      plan: 'free',
    });
    expect(contact.profile.orders.list).toHaveLength(1);
    expect(contact.profile.cart.changes).toHaveLength(2);
    expect(contact.profile.consent.email?.granted).toBe(true);
    expect(contact.stage).toBe('experience');
    expect(sampleContact(live, END, 'es').profile.fields.language?.value).toBe('es');
  });

  it('has done what starts the workflow that sends the message', () => {
    const live = shop.app.live();
    const contact = sampleContact(live, END);
    expect(sampleEvent(live, 'receipt', contact, END)).toMatchObject({ order_id: 'A-1042', total: 33.9 });
    expect(sampleEvent(live, 'reminder', contact, END)).toMatchObject({
      product_id: 'mug',
      name: 'Blue mug',
      price: 12.5,
    });
    expect(sampleEvent(live, 'unsent', contact, END)).toEqual({});
  });

  it('can be made for a project without data.yaml', () => {
    const { profile } = sampleContact(aLoadedProject(), END - DAY);
    expect(profile.fields.email?.value).toBe('ana@example.com');
  });
});
