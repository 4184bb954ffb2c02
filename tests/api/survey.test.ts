/** From a message that asks, by the page behind its links, to what the workflows know of the answer. */
import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { closedAfterEach } from '../support/closing.ts';
import { backends } from '../support/database.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { freePort } from '../support/redis-server.ts';
import { aliased, identified, tracked } from '../support/traffic.ts';

const POLL = { interval: 30, timeout: 15_000 };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const FIELDS = sql`name, properties, source`;

const WORDS = `<mj-section><mj-column><mj-text>How was it?</mj-text>
<mj-raw>{{#each survey_links}}<a href="{{url this.url}}">{{this.score}}</a> {{/each}}<a href="{{url survey_url}}">all</a></mj-raw>
</mj-column></mj-section>`;

function survey(id: string, kind: string): Record<string, string> {
  return {
    [`templates/${id}/message.yaml`]: `version: 1
message: ${id}
purpose: service
survey: ${kind}
subject: { plain: { en: How was it?, es: "¿Qué tal?" } }
`,
    [`templates/${id}/email.en.mjml`]: WORDS,
    [`templates/${id}/email.es.mjml`]: WORDS,
  };
}

const FILES = projectFiles({
  'etapa.yaml': (projectFiles()['etapa.yaml'] ?? '').replace('name: Test shop', 'name: "Ana & <b>Co</b>"'),
  ...survey('how_was_it', 'recommend'),
  ...survey('how_satisfied', 'satisfaction'),
  ...survey('how_wrapped', 'wrapping'),
  ...messageFiles('thanks', 'service'),
  ...messageFiles('please', 'service'),
  'workflows/asking.yaml': `version: 1
workflow: asking
purpose: service
enter_when: { event: order_completed }
steps:
  - ask: how_was_it
    up_to: 5 days
    if_not: [{ send_email: please }, { exit: no answer }]
  - send_email: thanks
`,
  'workflows/more.yaml': `version: 1
workflow: more
purpose: service
enter_when: { event: checkout_started }
steps:
  - ask: how_satisfied
  - ask: how_wrapped
`,
});

const closing = closedAfterEach();

interface Site extends TestApp {
  readonly origin: string;
  answered(): Promise<Record<string, unknown>[]>;
  /** The links of a survey, as they stand in the mail: one for each score, then the one without. */
  linksOf(template: string): Promise<string[]>;
}

async function openSite(backend: 'postgres' | 'redis' = 'postgres'): Promise<Site> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const opened = await openTestApp({
    files: FILES,
    backend,
    start: 0,
    roles: ['engine', 'sender', 'chores'],
    overrides: { public_url: origin },
  });
  opened.clock.run(0);
  closing.push(opened.close);
  const server = await openServer(opened.app);
  closing.push(() => server.close());
  await server.listen({ port, host: '127.0.0.1' });
  return {
    ...opened,
    origin,
    async answered() {
      const found = await opened.app.db.execute(sql`
        select ${FIELDS} from events where name = 'survey_answered' order by received_at, id`);
      return found.rows;
    },
    async linksOf(template) {
      const find = () => opened.parcels.find(({ headers }) => headers['X-Etapa-Template'] === template);
      await expect.poll(find, POLL).toBeDefined();
      return [...(find()?.html ?? '').matchAll(/href="([^"]+\/s\/[^"]+)"/g)].map(([, link = '']) =>
        link.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='),
      );
    },
  };
}

async function order(site: Site, language = 'en', user_id = 'ana'): Promise<void> {
  await site.app.receiver.receive([
    identified({ user_id }, { email: `${user_id}@example.com`, language }),
    tracked({ user_id }, 'order_completed', { order_id: 'o1', total: 20 }),
  ]);
}

function post(link: string, form: Record<string, string>): Promise<Response> {
  return fetch(link, { method: 'POST', headers: FORM, body: new URLSearchParams(form), redirect: 'manual' });
}

describe.each(backends())('a survey over %s', (backend) => {
  it('is answered by the button alone, once, and the workflow goes on with the answer', async () => {
    const site = await openSite(backend);
    await order(site, 'es');
    const links = await site.linksOf('how_was_it');
    expect(links).toHaveLength(12);
    expect(links[9]).toMatch(new RegExp(`^${site.origin}/s/[A-Za-z0-9_-]{43}\\?score=9$`));
    expect(links[11]).toBe(links[0]?.replace('?score=0', ''));

    for (const link of links) {
      const agent = { 'user-agent': 'Barracuda Sentinel', 'sec-purpose': 'prefetch' };
      expect((await fetch(link, { headers: agent })).status).toBe(200);
      expect((await fetch(link, { method: 'HEAD' })).status).toBe(200);
    }
    expect(await site.answered()).toEqual([]);

    const link = links[9] ?? '';
    const first = await post(link, { score: '9', comment: '  Muy bien 😀 <b>\n ' });
    expect(first.status).toBe(200);
    expect(first.headers.get('set-cookie')).toBeNull();
    expect(await first.text()).toContain(
      'Gracias. Ana &#38; &#60;b&#62;Co&#60;/b&#62; ha recibido su respuesta.',
    );
    const again = await post(link, { score: '2', comment: '' });
    expect(again.status).toBe(200);
    expect(await again.text()).toContain('Gracias.');
    expect(await site.answered()).toEqual([
      {
        name: 'survey_answered',
        properties: { survey: 'recommend', score: 9, comment: 'Muy bien 😀 <b>', message: 'how_was_it' },
        source: 'etapa',
      },
    ]);
    await expect
      .poll(() => site.parcels.map(({ headers }) => headers['X-Etapa-Template']), POLL)
      .toEqual(['how_was_it', 'thanks']);
    const found = await site.app.db.execute(sql`select outcome from runs`);
    expect(found.rows).toEqual([{ outcome: 'completed' }]);
  });
});

describe('the page of a survey', () => {
  it('shows the scores with the one of the link chosen, is safe, and speaks the language of the message', async () => {
    const site = await openSite();
    await order(site);
    const [, , , three = ''] = await site.linksOf('how_was_it');
    const page = await fetch(three);
    const html = await page.text();
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'`,
    );
    expect(html).toContain('<html lang="en">');
    expect(html).toContain(
      'How likely are you to recommend Ana &#38; &#60;b&#62;Co&#60;/b&#62; to somebody you know?',
    );
    expect(html).toContain('<form method="post">');
    expect([...html.matchAll(/value="(\d+)"/g)].map(([, value]) => value)).toEqual(
      Array.from({ length: 11 }, (_, score) => String(score)),
    );
    expect([...html.matchAll(/value="(\d+)" required checked/g)].map(([, value]) => value)).toEqual(['3']);
    expect(html).not.toMatch(/<script|onload|onsubmit|http-equiv/i);
    const open = three.replace('?score=3', '');
    for (const odd of [
      '',
      '?score=11',
      '?score=-1',
      '?score=3.0',
      '?score=03',
      '?score=%3Cb%3E',
      '?score=3&score=4',
    ]) {
      const answer = await fetch(`${open}${odd}`);
      expect(answer.status).toBe(200);
      expect(await answer.text()).not.toContain('checked');
    }
  });

  it('takes only the scores that the survey has, and keeps what was written meanwhile', async () => {
    const site = await openSite();
    await order(site);
    const [link = ''] = await site.linksOf('how_was_it');
    for (const score of ['', '11', '-1', '5.5', 'nine', ' 5', '1e1', '٣']) {
      const answer = await post(link, { score, comment: 'a <b>" & c' });
      expect(answer.status, score).toBe(400);
      const html = await answer.text();
      expect(html).toContain('Please choose one of the numbers and press the button.');
      expect(html).toContain('>a &#60;b&#62;&#34; &#38; c</textarea>');
    }
    expect((await post(link, {})).status).toBe(400);
    expect((await fetch(link, { method: 'POST' })).status).toBe(400);
    const asJson = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"score":5}' };
    expect((await fetch(link, asJson)).status).toBe(400);
    expect((await post(link, { score: '5', comment: 'x'.repeat(40_000) })).status).toBe(400);
    for (const method of ['PUT', 'DELETE', 'PATCH']) expect((await fetch(link, { method })).status).toBe(404);
    expect(await site.answered()).toEqual([]);
  });

  it('of satisfaction, and of a name of one’s own, goes from 1 to 5', async () => {
    const site = await openSite();
    await site.app.receiver.receive([
      identified({ user_id: 'ana' }, { email: 'ana@example.com' }),
      tracked({ user_id: 'ana' }, 'checkout_started'),
    ]);
    for (const [template, name] of [
      ['how_satisfied', 'satisfaction'],
      ['how_wrapped', 'wrapping'],
    ] as const) {
      const links = await site.linksOf(template);
      expect(links.map((link) => new URL(link).search)).toEqual([
        ...['?score=1', '?score=2', '?score=3', '?score=4', '?score=5', ''],
      ]);
      expect(await (await fetch(links[0] ?? '')).text()).toContain('How satisfied are you with');
      expect((await post(links[0] ?? '', { score: '0' })).status).toBe(400);
      expect((await post(links[0] ?? '', { score: '6' })).status).toBe(400);
      expect((await post(links[0] ?? '', { score: '5' })).status).toBe(200);
      expect((await site.answered()).at(-1)).toMatchObject({
        properties: { survey: name, score: 5, comment: null, message: template },
      });
    }
  });

  it('keeps a comment as the database can hold it, cut to a bearable length', async () => {
    const site = await openSite();
    await order(site);
    const [link = ''] = await site.linksOf('how_was_it');
    const comment = `\0${'x'.repeat(1998)}\0😀😀`;
    expect((await post(link, { score: '0', comment })).status).toBe(200);
    expect(await site.answered()).toMatchObject([
      { properties: { score: 0, comment: `${'x'.repeat(1998)}😀` } },
    ]);
  });

  it('is not there for other tokens, and says when a survey has ended', async () => {
    const site = await openSite();
    await order(site, 'es');
    const [link = ''] = await site.linksOf('how_was_it');
    const message_id = site.app.links.readSurvey(new URL(link).pathname.slice('/s/'.length)) ?? '';
    const unsubscribe = site.app.links.unsubscribeUrl(message_id).replace('/u/', '/s/');
    const stranger = site.app.links.surveyUrl('0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f506');
    for (const wrong of [
      unsubscribe,
      stranger,
      `${site.origin}/s/${randomBytes(32).toString('base64url')}`,
    ]) {
      expect((await fetch(wrong)).status).toBe(404);
      expect((await post(wrong, { score: '5' })).status).toBe(404);
    }
    const words = FILES['templates/how_was_it/message.yaml'] ?? '';
    await site.app.deploy({
      ...FILES,
      'templates/how_was_it/message.yaml': words.replace('survey: recommend\n', ''),
    });
    const ended = await post(link, { score: '5' });
    expect(ended.status).toBe(410);
    expect(await ended.text()).toContain('Esta encuesta ha terminado.');
    expect(await site.answered()).toEqual([]);
  });

  it('of somebody who turned out to be somebody known counts for who he is', async () => {
    const site = await openSite();
    await order(site, 'en', 'old');
    const [link = ''] = await site.linksOf('how_was_it');
    await site.app.receiver.receive([identified({ user_id: 'new' }), aliased('new', 'old')]);
    const merged = async () =>
      (await site.app.db.execute(sql`select from contacts where merged_into is not null`)).rowCount;
    await expect.poll(merged, POLL).toBe(1);
    expect((await post(link, { score: '7' })).status).toBe(200);
    const known = await site.app.reader.findContact('new');
    const found = await site.app.db.execute(sql`
      select contact_id from events where name = 'survey_answered'`);
    expect(found.rows).toEqual([{ contact_id: known?.contact.id }]);
  });
});
