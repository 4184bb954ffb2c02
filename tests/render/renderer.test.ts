import { afterAll, describe, expect, it, vi } from 'vitest';
import { compileSet, renderMessage } from '../../src/render/message.ts';
import { createRenderer, type MessageTemplates, type RenderJob } from '../../src/render/renderer.ts';

/** Starting a thread from sources takes seconds on a busy machine. */
vi.setConfig({ testTimeout: 30_000 });

const renderer = createRenderer({ threads: 1 });
afterAll(() => renderer.close());

const TEMPLATES: MessageTemplates = {
  subject: 'Did you forget something, {{first_name}}?',
  html: '<title>{{subject}}</title><i>{{preheader}}</i><p>{{greeting}}</p><p>{{sign_off}}</p>',
  text: '{{greeting}}\n\n{{first_name}}\n\n{{sign_off}}',
  preheader: 'We kept it, {{first_name}}',
  greeting: 'Hi {{first_name}},',
  sign_off: 'See you',
};

const job = (context: unknown, templates: Partial<MessageTemplates> = {}): RenderJob => ({
  key: JSON.stringify(templates),
  templates: { ...TEMPLATES, ...templates },
  context,
});

/** Nobody can write an endless template; a long one under a very short limit takes its place. */
const LONG = job({ words: '&<'.repeat(32_000) }, { html: '{{words}}'.repeat(2000) });
const many = { a: Array.from({ length: 1000 }, () => 1), first_name: 'X' };

describe('a message', () => {
  it('gets its greeting and sign-off first, then quotes them', async () => {
    expect(await renderer.renderBatch([job({ first_name: 'Ana & Co' })])).toEqual([
      {
        ok: true,
        subject: 'Did you forget something, Ana & Co?',
        html:
          '<title>Did you forget something, Ana &amp; Co?</title><i>We kept it, Ana &amp; Co</i>' +
          '<p>Hi Ana &amp; Co,</p><p>See you</p>',
        text: 'Hi Ana & Co,\n\nAna & Co\n\nSee you',
      },
    ]);
  });

  it('greets without a gap when the name is not known', async () => {
    const [message] = await renderer.renderBatch([job({})]);
    expect(message).toMatchObject({ text: 'Hi,\n\nSee you' });
  });

  it('without HTML keeps its text in one line however long', async () => {
    const text = 'word '.repeat(60).trim();
    const [message] = await renderer.renderBatch([job({}, { html: '', text })]);
    expect(message).toMatchObject({ ok: true, text });
  });

  it.each([
    'A\r\nBcc: evil@x.com',
    'hi\r\n\r\n<html>',
    'a\u2028b\u2029c',
    'a\u0000b\u0007\u0085',
    'a\uD800b',
    'x'.repeat(5000),
  ])('keeps its subject in one header: %j', async (first_name) => {
    const [message] = await renderer.renderBatch([job({ first_name }, { subject: 'S {{first_name}} e' })]);
    const subject = message?.ok ? message.subject : '';
    expect(subject).toMatch(/^S [^\p{Cc}\u2028\u2029\p{Surrogate}]+$/u);
    expect(subject.length).toBeLessThanOrEqual(500);
  });
});

describe('a bad message does not take its batch with it', () => {
  it('19 of 20 are rendered when one has an unusable template', async () => {
    const jobs = Array.from({ length: 20 }, (_, i) =>
      job({ first_name: `N${i}` }, i === 7 ? { html: 'x {{#each a}}{{constructor}}' } : {}),
    );
    const results = await renderer.renderBatch(jobs);
    expect(results.map((result) => result.ok)).toEqual(jobs.map((_, i) => i !== 7));
    expect(results[7]).toEqual({
      ok: false,
      reason: expect.stringContaining('html: line 1, column 3') as string,
    });
    expect(results[19]).toMatchObject({ subject: 'Did you forget something, N19?' });
  });

  it('19 of 20 are rendered when one runs away, and the next batch works', async () => {
    const hasty = createRenderer({ threads: 1, time_limit: 50 });
    const jobs = Array.from({ length: 20 }, (_, i) => (i === 12 ? LONG : job({ first_name: `N${i}` })));
    const results = await hasty.renderBatch(jobs);
    expect(results.map((result) => result.ok)).toEqual(jobs.map((_, i) => i !== 12));
    expect(results[12]).toEqual({ ok: false, reason: 'template took too long' });
    expect((await hasty.renderBatch([job({})]))[0]).toMatchObject({ ok: true });
    await hasty.close();
  });

  it('the others are there while one that runs away is tried once more', async () => {
    const hasty = createRenderer({ threads: 1, time_limit: 100 });
    await hasty.renderBatch([job({})]);
    const done: string[] = [];
    const jobs = [job({}), LONG, job({}), job({})];
    const results = hasty
      .render(jobs)
      .map((result, place) => result.then(({ ok }) => done.push(`${place} ${String(ok)}`)));
    await Promise.all(results);
    expect(done).toEqual(['0 true', '2 true', '3 true', '1 false']);
    await hasty.close();
  });

  it.each([
    ['goes round too often', '{{#each a}}{{#each ../a}}{{/each}}{{/each}}'],
    [
      'goes round too often',
      '{{#each a}}{{money 1}}{{date 1}}{{#if ../a}}{{number 3}}{{/if}}{{/each}}'.repeat(6),
    ],
    ['makes too much text', `{{#each a}}${'x'.repeat(3000)}{{/each}}`],
  ])('one whose data make it long %s, and is refused', async (reason, html) => {
    const [long, good] = await renderer.renderBatch([job(many, { html }), job({})]);
    expect(long).toEqual({ ok: false, reason: expect.stringContaining(`{{#each}} ${reason}`) as string });
    expect(good).toMatchObject({ ok: true });
  });

  it('a list of 2,000 rows is no such thing', async () => {
    const rows = { a: Array.from({ length: 2000 }, (_, n) => ({ n })) };
    const [long] = await renderer.renderBatch([
      job(rows, { html: '{{#each a}}{{number n}}{{@index}},{{/each}}' }),
    ]);
    expect(long).toMatchObject({ ok: true, html: expect.stringMatching(/^00,11,.*,1,9991999,$/s) as string });
  });

  it('too big a message is refused, even with 1 MB of words made from a small template', async () => {
    const words = 'x'.repeat(1000);
    const html = `{{#each a}}${words}{{/each}}`;
    const [big, good] = await renderer.renderBatch([job(many, { html }), job({})]);
    expect(big).toEqual({ ok: false, reason: expect.stringContaining('at most 524288') as string });
    expect(good).toMatchObject({ ok: true });
  });

  it('a template that multiplies itself to gigabytes is refused, and the next message is rendered', async () => {
    const html = `{{#each a}}{{#each ../a}}${'x'.repeat(60_000)}{{/each}}{{/each}}`;
    const [huge, good] = await renderer.renderBatch([job(many, { html }), job({})]);
    expect(huge).toMatchObject({ ok: false });
    expect(good).toMatchObject({ ok: true });
  });

  it.each([['text'], [null], [[]], [undefined], [circle()], [{ n: 1n }]])(
    'data that are no plain object are refused (%#)',
    async (context) => {
      const [bad, good] = await renderer.renderBatch([job(context), job({})]);
      expect(bad).toMatchObject({ ok: false });
      expect(good).toMatchObject({ ok: true });
    },
  );

  it('functions in the data are not called', async () => {
    const [message] = await renderer.renderBatch([
      job({ first_name: () => 'called', a: { toString: () => 'called' } }),
    ]);
    expect(message).toMatchObject({ ok: true, subject: 'Did you forget something, ?' });
  });
});

function circle(): unknown {
  const round: { self?: unknown } = {};
  round.self = round;
  return round;
}

describe('the renderer', () => {
  it('answers in the order of the jobs, over several threads and more templates than a thread keeps', async () => {
    const wide = createRenderer({ threads: 2 });
    const jobs = Array.from({ length: 240 }, (_, i) => job({ n: i }, { subject: `T${i % 120} {{n}}` }));
    const results = await wide.renderBatch(jobs);
    expect(results.map((result) => result.ok && result.subject)).toEqual(
      jobs.map((_, i) => `T${i % 120} ${i}`),
    );
    await wide.close();
  });

  it('renders nothing for nobody, and refuses work when closed', async () => {
    const closed = createRenderer();
    expect(await closed.renderBatch([])).toEqual([]);
    await closed.close();
    await expect(closed.renderBatch([job({})])).rejects.toThrow('The renderer is closed.');
  });

  it('shows templates no secrets of the process', () => {
    const set = compileSet({
      ...TEMPLATES,
      subject: '[{{env}}{{process}}{{global}}{{globalThis}}{{require}}]',
    });
    expect(renderMessage(set, {})).toMatchObject({ ok: true, subject: '[]' });
  });
});
