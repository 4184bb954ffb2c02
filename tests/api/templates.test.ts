/** The messages of a project and one as it would leave, by the API on the real engine. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import type { TemplateList, TemplatePreview } from '../../src/api/templates/shapes.ts';
import { createWriteKey } from '../../src/store/keys.ts';
import { askingWith, type Answered } from '../support/asking.ts';
import { openShop, type Shop } from '../support/shop.ts';

let shop: Shop;
let server: FastifyInstance;
let key: string;
const ask = askingWith(
  () => server,
  () => key,
);

beforeAll(async () => {
  shop = await openShop();
  key = (await createWriteKey(shop.app.db, 'Console', 'api')).key;
  server = await openServer(shop.app);
});
afterAll(async () => {
  await server.close();
  await shop.close();
});

async function preview(message: string, asked: object = {}): Promise<Answered & { made: TemplatePreview }> {
  const answer = await ask('POST', `/v1/templates/${message}/preview`, asked);
  return { ...answer, made: answer.body as TemplatePreview };
}

describe('the list', () => {
  it('tells languages, channels, subjects and who sends each', async () => {
    const { body } = await ask('GET', '/v1/templates');
    const { templates, languages, tones } = body as TemplateList;
    expect(languages).toEqual(['en', 'es']);
    expect(tones).toEqual(['plain']);
    expect(templates.find(({ id }) => id === 'offer')).toMatchObject({
      purpose: 'promotion',
      channels: [{ channel: 'email', languages: ['en', 'es'] }],
      subject: { plain: { es: 'Hola {{first_name}} de offer' } },
      sent_by: [{ workflow: 'offering', steps: ['1'] }],
    });
  });
});

describe('a preview', () => {
  it('for somebody made up has the words in the language asked for, with what is known of her', async () => {
    const { status, made } = await preview('offer', { language: 'es', fields: { first_name: 'Zoe' } });
    expect(status).toBe(200);
    expect(made).toMatchObject({
      ...{ message: 'offer', channel: 'email', contact_id: null, language: 'es', tone: 'plain' },
      subject: 'Hola Zoe de offer',
    });
    expect(made.html).toContain('Tu carrito vale');
    expect(made.text).toContain('Tu carrito vale');
  });

  it('for somebody who is known speaks of her, and tells why it would be held back', async () => {
    await shop.receive(shop.knows('ana', { first_name: 'Ana', language: 'en', consent: [] }));
    await expect
      .poll(async () => (await shop.app.reader.findContact('ana'))?.contact.profile.fields.first_name?.value)
      .toBe('Ana');
    const { made } = await preview('offer', { contact_id: 'ana' });
    expect(made.subject).toBe('Hello Ana from offer');
    expect(made.contact_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.to).toBe('ana@example.com');
    expect(made.held_back?.en).toMatch(/promotions by email/);
  });

  it('of files that are not live yet shows their words, and changes nothing that is live', async () => {
    const files = {
      'templates/offer/email.en.mjml':
        '<mj-section><mj-column><mj-text>NEW WORDS!!!!!!</mj-text></mj-column></mj-section>',
    };
    expect((await preview('offer', { language: 'en', files })).made.text).toContain('NEW WORDS');
    expect((await preview('offer', { language: 'en' })).made.text).not.toContain('NEW WORDS');
  });

  it('tells what should be better about the mail', async () => {
    const files = {
      'templates/offer/email.en.mjml':
        '<mj-section><mj-column><mj-text><a href="http://">here</a></mj-text></mj-column></mj-section>',
    };
    const { made } = await preview('offer', { language: 'en', files });
    expect(made.warnings).toContainEqual(expect.objectContaining({ about: 'mail' }) as object);
  });

  it.each([
    ['nothing', {}, 404, 'no_such_message'],
    ['offer', { tone: 'loud' }, 422, 'no_such_tone'],
    ['offer', { language: 'fr' }, 422, 'no_such_language'],
    ['offer', { channel: 'sms' }, 422, 'no_such_channel'],
    ['offer', { contact_id: 'nobody' }, 422, 'contact_unknown'],
    ['offer', { contact_id: 'ana', fields: {} }, 422, 'field_unusable'],
    ['offer', { files: { 'etapa.yaml': '' } }, 422, 'field_unusable'],
    ['offer', { files: { 'templates/offer/email.en.mjml': '<mj-nothing' } }, 422, 'words_unsound'],
  ])('of %s with %j: %i %s', async (message, asked, status, code) => {
    const answer = await preview(message, asked);
    expect(answer).toMatchObject({ status, body: { error: { code } } });
  });
});
