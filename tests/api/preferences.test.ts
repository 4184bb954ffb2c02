/** The pages on which people say what they want: over the real server, database and mail. */
import { sql } from 'drizzle-orm';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { addWriteKey } from '../../src/store/keys.ts';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { messageFiles } from '../support/projects.ts';
import { openShop, SHOP_FILES, type Shop } from '../support/shop.ts';

const ORIGIN = 'http://127.0.0.1';
const KEY = `Basic ${Buffer.from('wk_test:').toString('base64')}`;
const AGENT = 'Test browser';

/** A message about a topic; the one that asks for a confirmation has the link in its words. */
function message(id: string, topic: string | null): Record<string, string> {
  const files = messageFiles(id, topic === null ? 'service' : 'promotion');
  const more = topic === null ? '' : `topic: ${topic}\n`;
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      path,
      path.endsWith('.yaml') ? text + more : text.replace('<mj-text>', '<mj-text>{{confirm_url}} '),
    ]),
  );
}

const workflow = (id: string, purpose: string, event: string): Record<string, string> => ({
  [`workflows/${id}.yaml`]: `version: 1
workflow: ${id}
purpose: ${purpose}
enter_when: { event: ${event} }
re_enter: always
steps: [{ send_email: ${id} }]
`,
});

const FILES = {
  ...SHOP_FILES,
  'etapa.yaml': `${SHOP_FILES['etapa.yaml'] ?? ''}
double_opt_in: true
topics:
  tips: { title: { en: Running tips, es: Consejos }, describe: { en: "Once a month & free", es: "Cada mes" } }
  offers: { title: { en: Offers, es: Ofertas } }
`,
  ...message('asking', null),
  ...message('tip', 'tips'),
  ...message('sale', 'offers'),
  ...workflow('asking', 'service', 'signed_up'),
  ...workflow('tip', 'promotion', 'wants_tip'),
  ...workflow('sale', 'promotion', 'wants_sale'),
};

let smtp: ScriptedSmtp;
let shop: Shop;
let server: FastifyInstance;

beforeAll(async () => {
  smtp = await startScriptedSmtp();
  shop = await openShop({
    ...{ files: FILES, smtp_url: smtp.url, roles: ['engine', 'sender'] as const },
    overrides: { public_url: ORIGIN },
  });
  await addWriteKey(shop.app.db, 'test', 'Test', 'wk_test');
  server = await openServer(shop.app);
});
afterAll(async () => {
  await server?.close();
  await shop?.close();
  await smtp?.stop();
});

async function tell(...batch: object[]): Promise<void> {
  const answer = await server.inject({
    ...{ method: 'POST', url: '/v1/batch', headers: { authorization: KEY }, payload: { batch } },
  });
  expect(answer.statusCode).toBe(200);
}

const does = (userId: string, event: string, properties: object = {}): object => ({
  ...{ type: 'track', userId, event, properties },
});

/** Someone who asked for promotions and got the mail that asks to confirm it. */
async function signUp(userId: string, language = 'en'): Promise<string> {
  const traits = { email: `${userId}@example.com`, language, consent: ['email'] };
  const context = { ip: '203.0.113.9', userAgent: AGENT };
  await tell({ type: 'identify', userId, traits, context }, does(userId, 'signed_up'));
  return messageOf(userId, 'asking');
}

async function rowOf(
  userId: string,
  name: string,
): Promise<{ id: string; state: string; held: string } | undefined> {
  const { rows } = await shop.app.db.execute<{ id: string; state: string; held: string }>(sql`
    select m.id, m.state, m.held_because ->> 'en' as held from messages m join identities i using (contact_id)
    where i.value = ${userId} and m.message = ${name} order by m.owed_at desc, m.id desc limit 1`);
  return rows[0];
}

async function messageOf(userId: string, name: string): Promise<string> {
  await expect.poll(async () => (await rowOf(userId, name))?.state, { timeout: 10_000 }).toBe('sent');
  return (await rowOf(userId, name))?.id ?? '';
}

/** What becomes of a promotion that is asked for now. */
async function outcome(userId: string, name: 'tip' | 'sale'): Promise<string> {
  const before = (await rowOf(userId, name))?.id;
  await tell(does(userId, `wants_${name}`));
  const ended = async (): Promise<boolean> => {
    const row = await rowOf(userId, name);
    return row !== undefined && row.id !== before && ['sent', 'suppressed'].includes(row.state);
  };
  await expect.poll(ended, { timeout: 10_000 }).toBe(true);
  const row = await rowOf(userId, name);
  return row?.state === 'sent' ? 'sent' : (row?.held ?? '');
}

const pathOf = (url: string): string => url.slice(ORIGIN.length);
const FORM = { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': AGENT };

function post(url: string, payload: string): Promise<LightMyRequestResponse> {
  return server.inject({ method: 'POST', url: pathOf(url), headers: FORM, payload });
}

const records = async (userId: string): Promise<unknown[]> => {
  const { rows } = await shop.app.db.execute(sql`
    select r.channel || case when topic = '' then '' else '/' || topic end as key, said, source, ip, user_agent, text_version
    from consent_records r join identities i using (contact_id) where i.value = ${userId} order by r.id`);
  return rows;
};

describe('double opt-in', () => {
  it('holds promotions back until the button behind the link was pressed, and keeps the proof of both', async () => {
    const id = await signUp('ana');
    const url = shop.app.links.confirmUrl(id);
    expect(smtp.accepted.at(-1)?.raw.replaceAll('=\r\n', '')).toContain(url);
    expect(await outcome('ana', 'tip')).toBe('has not confirmed yet that promotions by email are wanted');

    for (const method of ['GET', 'HEAD'] as const)
      expect((await server.inject({ method, url: pathOf(url) })).statusCode).toBe(200);
    expect((await post(url, 'confirm=no')).statusCode).toBe(400);
    expect(await outcome('ana', 'tip')).toBe('has not confirmed yet that promotions by email are wanted');

    const done = await post(url, 'confirm=yes');
    expect([done.statusCode, done.headers['set-cookie'], done.headers.location]).toEqual([
      200,
      undefined,
      undefined,
    ]);
    expect(await outcome('ana', 'tip')).toBe('sent');
    await post(url, 'confirm=yes');
    const from = { ip: '127.0.0.1', user_agent: AGENT, text_version: null };
    expect(await records('ana')).toEqual([
      {
        key: 'email',
        said: 'given',
        source: 'test',
        ip: '203.0.113.9',
        user_agent: AGENT,
        text_version: null,
      },
      { key: 'email', said: 'confirmed', source: 'confirm_link', ...from },
    ]);
  });

  it('knows no other links', async () => {
    const id = await signUp('eva');
    for (const token of ['x', pathOf(shop.app.links.preferencesUrl(id)).slice(3)])
      expect((await post(`${ORIGIN}/y/${token}`, 'confirm=yes')).statusCode).toBe(404);
    expect(await records('eva')).toHaveLength(1);
  });
});

describe('the preference page', () => {
  it('speaks the contact’s language, and shows what holds', async () => {
    const page = await server.inject(pathOf(shop.app.links.preferencesUrl(await signUp('pia', 'es'))));
    expect(page.body).toContain('lang="es"');
    expect(page.body).toContain('¿De qué puede escribirle Test shop?');
    expect(page.body).toMatch(/value="tips" checked> Consejos<\/label><br><small>Cada mes/);
    expect(page.body).toMatch(/value="email" checked> Correo electrónico/);
    expect(page.body).not.toContain('<script');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('takes topics one by one, at once, and without asking again for a confirmation', async () => {
    const url = shop.app.links.preferencesUrl(await signUp('leo'));
    const saved = await post(url, 'form=preferences&channel=email&topic=tips&frequency=all&language=en');
    expect(saved.statusCode).toBe(200);
    expect(saved.body).toMatch(/value="tips" checked/);
    expect(saved.body).not.toMatch(/value="offers" checked/);
    expect(await outcome('leo', 'sale')).toBe('said no to promotions by email about offers');
    // Of tips nothing has changed on the page, so the yes is as unconfirmed as it was.
    expect(await outcome('leo', 'tip')).toBe('has not confirmed yet that promotions by email are wanted');
    await post(shop.app.links.confirmUrl(await signUp('leo')), 'confirm=yes');
    expect(await outcome('leo', 'tip')).toBe('sent');
    expect(await outcome('leo', 'sale')).toBe('said no to promotions by email about offers');
    await post(url, 'form=preferences&channel=email&topic=tips&topic=offers&frequency=all&language=en');
    expect(await outcome('leo', 'sale')).toBe('sent');
  });

  it('pauses for a month and goes on, asks for fewer, and changes the language', async () => {
    const id = await signUp('mar');
    await post(shop.app.links.confirmUrl(id), 'confirm=yes');
    const url = shop.app.links.preferencesUrl(id);
    const choose = (more: string): Promise<unknown> =>
      post(url, `form=preferences&channel=email&topic=tips&topic=offers&${more}`);
    await choose('frequency=all&language=en&pause=month');
    expect(await outcome('mar', 'tip')).toMatch(/^asked for no promotions until \d{4}-\d\d-\d\d$/);
    await choose('frequency=fewer&language=es');
    expect(await outcome('mar', 'tip')).toBe('sent');
    expect(await outcome('mar', 'tip')).toBe('already 1 promotions within 7 days');
    expect((await server.inject(pathOf(url))).body).toContain('lang="es"');
  });

  it('changes nothing by GET, HEAD, or a form that is not its own, and ends everything when no channel is left', async () => {
    const id = await signUp('sol');
    await post(shop.app.links.confirmUrl(id), 'confirm=yes');
    const url = shop.app.links.preferencesUrl(id);
    for (const method of ['GET', 'HEAD'] as const) await server.inject({ method, url: pathOf(url) });
    expect((await post(url, 'channel=sms')).statusCode).toBe(400);
    expect((await post(url, '')).statusCode).toBe(400);
    expect((await post(`${ORIGIN}/p/${'A'.repeat(43)}`, 'form=preferences')).statusCode).toBe(404);
    expect(await outcome('sol', 'tip')).toBe('sent');
    await post(url, 'form=preferences&frequency=all&language=en');
    expect(await outcome('sol', 'sale')).toBe('said no to promotions by email');
    expect((await records('sol')).at(-1)).toMatchObject({
      key: 'email',
      said: 'withdrawn',
      source: 'preferences',
    });
  });
});
