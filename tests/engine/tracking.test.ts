/** From a promotion that leaves to a workflow's knowledge that a person clicked in it. */
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { closedAfterEach } from '../support/closing.ts';
import { startScriptedSmtp } from '../support/scripted-smtp.ts';
import { openShop, SHOP_FILES, type Shop } from '../support/shop.ts';

const closing = closedAfterEach();

const PERSON = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const SHOES = 'https://shop.example/shoes?size=42&from=mail';
const LINKED = `<mj-section><mj-column><mj-text><a href="${SHOES.replace('&', '&amp;')}">Look</a></mj-text></mj-column></mj-section>\n`;

async function open(settings: string): Promise<{ shop: Shop; bodies: () => string[] }> {
  const smtp = await startScriptedSmtp();
  const files = {
    ...SHOP_FILES,
    'etapa.yaml': `${SHOP_FILES['etapa.yaml'] ?? ''}${settings}`,
    'templates/offer/email.en.mjml': LINKED,
  };
  const shop = await openShop({ smtp_url: smtp.url, roles: ['engine', 'sender'], files });
  closing.push(
    () => smtp.stop(),
    () => shop.close(),
  );
  return { shop, bodies: () => smtp.accepted.map(({ raw }) => decoded(raw)) };
}

/** Quoted-printable, which is all that the messages of these tests are in. */
function decoded(raw: string): string {
  return raw
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

it('a promotion is followed where the project asks for it: picture, links, and the events of a person', async () => {
  const { shop, bodies } = await open('track_opens_and_clicks: true\n');
  await shop.receive(shop.knows('ana'), shop.puts('ana'), shop.orders('ana'));
  await shop.until((list) => list.length === 2 && list.every(({ state }) => state === 'sent'));
  const [offer = ''] = bodies().filter((body) => body.includes('List-Unsubscribe:'));
  const [receipt = ''] = bodies().filter((body) => !body.includes('List-Unsubscribe:'));
  expect(receipt).not.toMatch(/\/[co]\//);
  const [pixel = ''] = /http:\/\/localhost:8686(\/o\/[\w-]+\.gif)/.exec(offer)?.slice(1) ?? [];
  expect(pixel).not.toBe('');
  const { rows } = await shop.app.db.execute<{ links: string[] | null; message: string }>(sql`
    select message, links from messages order by message`);
  expect(rows).toEqual([
    { message: 'offer', links: [SHOES] },
    { message: 'receipt', links: null },
  ]);

  const server = await openServer(shop.app);
  closing.push(() => server.close());
  shop.pass(60_000);
  const picture = await server.inject({ url: pixel, headers: { 'user-agent': PERSON } });
  expect([picture.statusCode, picture.headers['content-type']]).toEqual([200, 'image/gif']);
  await expect.poll(() => namesOf(shop), { timeout: 10_000 }).toEqual(['message_opened']);
  const [click = ''] = /href="http:\/\/localhost:8686(\/c\/[\w-]+)"[^>]*>Look/.exec(offer)?.slice(1) ?? [];
  const led = await server.inject({ url: `${click}?url=//evil.example`, headers: { 'user-agent': PERSON } });
  expect([led.statusCode, led.headers.location]).toEqual([302, SHOES]);
  await expect.poll(() => namesOf(shop), { timeout: 10_000 }).toEqual(['message_opened', 'message_clicked']);
});

it('nothing of it where the project does not ask', async () => {
  const { shop, bodies } = await open('');
  await shop.receive(shop.knows('ana'), shop.puts('ana'));
  await shop.until((list) => list.length === 1 && list.every(({ state }) => state === 'sent'));
  expect(bodies()[0]).not.toMatch(/\/[co]\//);
});

async function namesOf({ app }: Shop): Promise<string[]> {
  const { rows } = await app.db.execute<{ name: string }>(
    sql`select name from events where source = 'etapa' order by name desc`,
  );
  return rows.map(({ name }) => name);
}
