/** The shop that is attacked: the whole app over a real database, with its doors open on loopback. */
import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { FastifyInstance } from 'fastify';
import PostalMime from 'postal-mime';
import { openServer } from '../../src/api/server.ts';
import { openMailbox } from '../../src/inbound/mailbox.ts';
import type { Receiver } from '../../src/inbound/receiver.ts';
import { addWriteKey } from '../../src/store/keys.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { startScriptedSmtp, type AcceptedMail, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { openShop, SHOP_FILES, type MessageRow, type Shop } from '../support/shop.ts';
import { tracked } from '../support/traffic.ts';
import { attacks } from './cases.ts';

export const KEY = `Basic ${Buffer.from('wk_test:').toString('base64')}`;
export const BOUNCES = 'reports.shop.example';
export const RESEND_SECRET = `whsec_${randomBytes(24).toString('base64')}`;
/** Somebody whom nobody attacks. */
export const PLAIN = 'plain';
export const CITY = 'a field of chance';

export interface World {
  readonly shop: Shop;
  readonly server: FastifyInstance;
  readonly origin: string;
  readonly smtp: ScriptedSmtp;
  readonly mailbox: Receiver;
  /** The promotion that was owed to somebody, as it ended. */
  messageOf(user: string): MessageRow;
  /** What the mail server took for somebody. */
  mailOf(user: string): AcceptedMail | undefined;
  htmlOf(user: string): Promise<string>;
  post(path: string, body: string | Buffer, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

const AT_RUN = attacks('template').filter(({ traits }) => traits !== undefined);
const mjml = (text: string): string =>
  `<mj-section><mj-column><mj-text>${text}</mj-text></mj-column></mj-section>\n`;
const OFFER = mjml(
  '<a href="https://shop.example/offer" title="{{city}}">{{first_name}}</a> of <b>{{city}}</b>. <a href="https://shop.example/b">B</a>',
);

/** An offer that shows names and places; and, for each template that becomes dangerous while it runs, a message of its own. */
export const FILES = projectFiles({
  ...SHOP_FILES,
  'etapa.yaml': `${SHOP_FILES['etapa.yaml'] ?? ''}track_opens_and_clicks: true\n`,
  'templates/offer/email.en.mjml': OFFER,
  'templates/offer/email.es.mjml': OFFER,
  ...Object.assign({}, ...AT_RUN.map(({ input }, n) => dangerous(`run_${n}`, mjml(input)))),
});

function dangerous(id: string, words: string): Record<string, string> {
  return {
    ...messageFiles(id, 'promotion'),
    [`templates/${id}/email.en.mjml`]: words,
    [`workflows/${id}.yaml`]: `version: 1
workflow: ${id}
purpose: promotion
enter_when: { event: ${id} }
steps:
  - send_email: ${id}
`,
  };
}

export async function openWorld(): Promise<World> {
  const smtp = await startScriptedSmtp();
  const shop = await openShop({
    ...{ files: FILES, smtp_url: smtp.url },
    overrides: { mail: { bounce_domain: BOUNCES } },
  });
  const { app } = shop;
  await addWriteKey(app.db, 'test', 'Test', 'wk_test');
  const server = await openServer(app, {
    provider_secrets: { resend: [RESEND_SECRET] },
  });
  const origin = await server.listen({ port: 0, host: '127.0.0.1' });
  const mailbox = await openMailbox({
    ...{ host: '127.0.0.1', port: 0, domain: BOUNCES, links: app.links, responses: app.responses },
    unsubscribe: (message_id, source) => app.pages.unsubscribe(message_id, source),
  });
  const post: World['post'] = (path, body, headers = {}) =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: KEY, ...headers },
      body: body as string,
    });
  const rows = await liveThrough(shop, post);
  const messageOf = (user: string): MessageRow => {
    const found = rows.find((row) => row.user === user);
    if (!found) throw new Error(`nothing was owed to ${user}`);
    return found;
  };
  const mailOf = (user: string): AcceptedMail | undefined =>
    smtp.accepted.find(({ raw }) => raw.includes(`X-Etapa-Message: ${messageOf(user).id}\r\n`));
  return {
    ...{ shop, server, origin, smtp, mailbox, messageOf, mailOf, post },
    async htmlOf(user) {
      const { raw = '' } = mailOf(user) ?? {};
      const mail = await PostalMime.parse(Buffer.from(raw.replaceAll('\r\n.', '\r\n'), 'latin1'));
      return mail.html ?? '';
    },
    async close() {
      await mailbox.stop();
      await server.close();
      await shop.close();
      await smtp.stop();
    },
  };
}

/** What stands in the field of an attacked contact's address after it was forced into the database. */
export const forced = (n: number): string => `forced_${n}`;

/** In milliseconds: a whole machine may be at work beside it. */
const PATIENCE = 60_000;

/** Everybody comes by the API with what they bring; then what the API refuses is forced into the database; then all is sent. */
async function liveThrough(shop: Shop, post: World['post']): Promise<readonly MessageRow[]> {
  const people = [
    ...[PLAIN, 'clicker', 'leaver', 'other_leaver', 'bounced', 'scripted'].map((user) => ({
      user,
      traits: {},
    })),
    ...attacks('contact-email').flatMap(({ input }, n) => [
      { user: `email_${n}`, traits: { email: input } },
      { user: forced(n), traits: {} },
    ]),
    ...attacks('headers').map(({ input }, n) => ({ user: `header_${n}`, traits: { first_name: input } })),
    ...attacks('html').map(({ input }, n) => ({
      user: `html_${n}`,
      traits: { first_name: input, city: input },
    })),
  ];
  const poisoned = AT_RUN.map(({ traits = {} }, n) => ({
    user: `run_${n}`,
    traits: Object.fromEntries(
      Object.entries(traits).map(([field, { list, times }]) => [
        field,
        Array.from({ length: times }, () => list),
      ]),
    ),
  }));
  await Promise.all(
    [...people, ...poisoned].map(({ user, traits }) =>
      post('/v1/identify', JSON.stringify({ userId: user, traits: { ...known(user), ...traits } })),
    ),
  );
  await shop.receive(
    ...people.map(({ user }) => shop.puts(user)),
    ...poisoned.map(({ user }) => tracked({ user_id: user }, user)),
  );
  const wanted = people.length + poisoned.length;
  await shop.until((list) => list.length === wanted, PATIENCE);
  await forceAddresses(shop);
  shop.send();
  const isDone = ({ state }: MessageRow): boolean => ['sent', 'suppressed', 'refused'].includes(state);
  return shop.until((list) => list.every(isDone), PATIENCE);
}

const known = (user: string): JsonObject => ({
  email: `${user}@example.com`,
  language: 'en',
  consent: ['email'],
  first_name: 'Ana',
  city: CITY,
});

async function forceAddresses({ app }: Shop): Promise<void> {
  for (const [n, { input }] of attacks('contact-email').entries()) {
    // The database itself takes neither NUL nor half of a surrogate pair.
    if (/\0|\p{Surrogate}/u.test(input)) continue;
    await app.db.execute(sql`
      update contacts set profile = jsonb_set(profile, '{fields,email,value}', ${JSON.stringify(input)}::jsonb)
      where id = (select contact_id from identities where value = ${forced(n)})`);
  }
}
