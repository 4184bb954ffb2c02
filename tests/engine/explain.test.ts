/** Explanations of what the real engine did, from what it recorded. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Instant } from '../../src/core/events/event.ts';
import { explain, explainRecords, type Asked, type Explanation } from '../../src/engine/explain.ts';
import { readRecords } from '../../src/engine/explain/records.ts';
import type { Finding } from '../../src/engine/explain/finding.ts';
import type { ReceivedEvent } from '../../src/engine/ports.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { at, DAY, HOUR, MINUTE } from '../support/build.ts';
import { EXPLAINED_FILES } from '../support/explained.ts';
import { identified, product, tracked } from '../support/traffic.ts';

/** A Monday at 10:00 in Madrid. */
const START = at('2026-11-16T09:00Z');
const END = START + 5 * DAY;

let shop: TestApp;

beforeAll(async () => {
  shop = await openTestApp({ files: EXPLAINED_FILES, backend: 'postgres', start: START - HOUR });
  await shop.live(HISTORY, END);
});
afterAll(() => shop.close());

const knows = (user_id: string, traits = {}, consent: string[] = ['email']): ReceivedEvent =>
  identified(
    { user_id },
    { email: `${user_id}@example.com`, first_name: user_id, language: 'en', consent, ...traits },
    { at: START },
  );
const does = (user_id: string, name: string, later: number, properties = {}): ReceivedEvent =>
  tracked({ user_id }, name, properties, { at: START + later });
const adds = (user_id: string, later: number, id = 'shoe', price = 60): ReceivedEvent =>
  does(user_id, 'product_added', later, product(id, price));

const HISTORY = [
  // Looks three times, adds, is reminded, complains a day later, adds again.
  knows('ana', { time_zone: 'America/Mexico_City', birthday: '1990-12-24' }),
  ...[1, 2, 3].map((minute) => does('ana', 'product_viewed', minute * MINUTE, { product_id: 'shoe' })),
  adds('ana', 10 * MINUTE),
  does('ana', 'complaint_opened', DAY, { topic: 'late' }),
  adds('ana', 4 * DAY, 'shoe', 10),
  // Adds and buys within the hour.
  knows('luis'),
  adds('luis', 10 * MINUTE),
  does('luis', 'order_completed', 30 * MINUTE, { order_id: 'o1', total: 60 }),
  // Adds, and never allowed anything.
  knows('eva', {}, []),
  adds('eva', 10 * MINUTE),
  // Adds something else, then too little, and is upset when it is enough.
  knows('sol'),
  adds('sol', 10 * MINUTE, 'sock', 5),
  adds('sol', 20 * MINUTE, 'shoe', 20),
  does('sol', 'complaint_opened', 2 * DAY, { topic: 'late' }),
  adds('sol', 3 * DAY, 'shoe', 60),
  // Has added this minute.
  knows('max'),
  adds('max', 5 * DAY - 20 * MINUTE),
  // Does nothing at all.
  knows('leo'),
].sort((a, b) => a.occurred_at - b.occurred_at);

async function explained(who: string, asked: Partial<Asked> = {}): Promise<Explanation> {
  const { reader, live } = shop.app;
  const stored = await reader.findContact(who);
  if (!stored) throw new Error(`nobody is called ${who}`);
  return explain(reader, live(), stored, { now: END, ...asked });
}

async function whyNot(who: string, why_not: string, when?: Instant): Promise<readonly Finding[]> {
  const { why_not: found } = await explained(who, { why_not, at: when });
  return found?.findings ?? [];
}

const told = (findings: readonly Finding[]): string[] =>
  findings.map(({ kind, says }) => `${kind}: ${says.en}`);

describe('now', () => {
  it('tells who somebody is, found by user id, by e-mail and by its own id', async () => {
    const { contact, who } = await explained('ana');
    expect((await explained('ana@example.com')).contact).toBe(contact);
    expect((await explained(contact)).contact).toBe(contact);
    expect(who).toMatchObject({ time_zone: 'America/Mexico_City', language: 'en', first_seen: START });
    expect(who.identities).toEqual([{ kind: 'user', value: 'ana' }]);
    expect(who.fields).toMatchObject({ first_name: { value: 'ana' }, reminded: { value: true } });
    expect(who.consent).toEqual({ email: { granted: true, at: START } });
  });

  it('tells the stage with its reason, what each rule answers part by part, and where time alone leads', async () => {
    const { stage } = await explained('ana');
    expect(stage).toMatchObject({ stage: 'decision', since: START + 10 * MINUTE });
    expect(stage.because?.en).toContain('cart.value is 60');
    expect(stage.history.map(({ from, to }) => `${from} → ${to}`)).toEqual([
      'awareness → consideration',
      'consideration → decision',
    ]);
    const rules = Object.fromEntries(stage.rules.map((rule) => [rule.stage, rule]));
    expect(Object.values(rules).map(({ holds }) => holds)).toEqual([true, true, true, false]);
    expect(rules.decision?.tree).toMatchObject({
      kind: 'all',
      holds: true,
      parts: [
        { kind: 'one', holds: true, until: null },
        {
          kind: 'one',
          holds: true,
          until: START + 14 * DAY,
          because: { es: expect.stringContaining('product_added') as string },
        },
      ],
    });
    expect(rules.consideration).toMatchObject({ until: START + MINUTE + 14 * DAY, stands_here: false });
    // The second adding holds until the 14th day; by its end the first look is a minute too fresh to be gone.
    expect(stage.next).toMatchObject({ from: 'decision', to: 'consideration', at: START + 14 * DAY });
  });

  it('tells segments, mood, tone, cart and churn risk, each with its reason and until when', async () => {
    const ana = await explained('ana');
    expect(ana.segments).toMatchObject([
      { segment: 'lookers', inside: true, since: START + 2 * MINUTE, until: START + 2 * MINUTE + 7 * DAY },
      { segment: 'club', inside: false, since: null, because: { en: 'plan is not known (asked: is club)' } },
    ]);
    expect(ana.mood).toMatchObject({ is: 'upset', until: START + DAY + 14 * DAY });
    expect(ana.tones).toMatchObject([{ channel: 'email', tone: 'calm', hold_back: ['promotions'] }]);
    expect(ana.tones[0]?.because.es).toMatch(/Alguien está molesto: el ánimo es upset, porque/);
    expect(ana.cart).toMatchObject({ count: 2 });
    expect(ana.churn_risk).toBeNull();
    expect((await explained('luis')).churn_risk).toMatchObject({ is: 'low' });
  });

  it('tells of each run why it began, where it stands and until when, or why it ended', async () => {
    const max = await explained('max');
    expect(max.runs).toMatchObject([
      {
        workflow: 'reminding',
        because: { en: 'product_added happened' },
        stands: { step: '1', until: END + 40 * MINUTE, says: { en: 'waits at step 1' } },
      },
    ]);
    const luis = await explained('luis');
    expect(luis.runs).toMatchObject([
      { workflow: 'reminding', stands: null, outcome: 'exited', ended_at: START + 30 * MINUTE },
      { workflow: 'selling', outcome: 'completed' },
      { workflow: 'settling', outcome: 'completed', ended_because: { en: 'not in the club' } },
    ]);
  });

  it('tells the messages that were sent and those that were held back, with tone and reason', async () => {
    const ana = await explained('ana');
    expect(ana.messages).toMatchObject([
      { message: 'reminder', state: 'sent', tone: 'plain', subject: 'Hello ana from reminder' },
    ]);
    const eva = await explained('eva');
    expect(eva.messages).toMatchObject([
      { message: 'reminder', state: 'suppressed', held_because: { en: 'never allowed promotions by email' } },
    ]);
  });
});

describe('at an earlier moment', () => {
  it('stage, segments, runs and messages are as recorded, the rest as known by then', async () => {
    const then = await explained('ana', { at: START + 30 * MINUTE });
    expect(then).toMatchObject({
      is_past: true,
      stage: { stage: 'decision', since: START + 10 * MINUTE },
      mood: { is: 'at_ease' },
      cart: { count: 1 },
      messages: [],
    });
    expect(then.who.fields.reminded).toBeUndefined();
    expect(then.runs).toMatchObject([{ workflow: 'reminding', ended_at: null }]);
    expect(then.segments[0]).toMatchObject({ inside: true });

    const earlier = await explained('ana', { at: START + 30_000 });
    expect(earlier).toMatchObject({
      stage: { stage: 'awareness', because: null },
      runs: [],
      cart: { count: 0 },
    });
    expect(earlier.segments[0]).toMatchObject({ inside: false });

    const later = await explained('ana', { at: START + 2 * DAY });
    expect(later.who.fields.reminded?.value).toBe(true);
    expect(later.messages).toMatchObject([{ state: 'sent' }]);
    expect(later.mood.is).toBe('upset');
  });

  it('a run that has ended since was inside, and a message that was sent later was not', async () => {
    const then = await explained('luis', { at: START + 20 * MINUTE });
    expect(then.runs).toMatchObject([{ workflow: 'reminding', outcome: null, stands: { step: '1' } }]);
    expect(then.orders.count).toBe(0);
  });

  it('asked at each whole hour, stage and segments are what the engine had decided by then', async () => {
    const { reader } = shop.app;
    for (const who of ['ana', 'luis', 'sol']) {
      const { contact } = await explained(who);
      const moves = await reader.stageMoves(contact, END);
      for (let hour = 0; hour < 100; hour += 7) {
        const when = START + hour * HOUR;
        const { stage } = await explained(who, { at: when });
        const last = moves.filter((move) => move.at <= when).at(-1);
        expect(stage.stage, `${who} after ${hour} hours`).toBe(last?.to ?? 'awareness');
        const rule = stage.rules.find((one) => one.stands_here);
        expect(rule?.holds, `${who} after ${hour} hours`).toBe(true);
      }
    }
  });
});

describe('why somebody did not get it', () => {
  it('because it was got', async () => {
    const [first] = await whyNot('ana', 'reminder', START + 2 * HOUR);
    expect(first).toMatchObject({ kind: 'sent', at: START + 70 * MINUTE });
  });

  it('because the trigger never fired: the event never happened, or with other properties', async () => {
    expect(told(await whyNot('leo', 'reminder'))).toEqual(['not_triggered: product_added never happened']);
    expect(told(await whyNot('sol', 'reminder', START + 15 * MINUTE))).toEqual([
      'not_triggered: product_added happened, but never with the properties that "enter_when" asks for',
    ]);
    expect(told(await whyNot('leo', 'settling'))).toEqual([
      'not_triggered: never came into stage experience',
    ]);
    expect(told(await whyNot('leo', 'birthday'))).toEqual([
      'not_triggered: the date that starts it is not known, or lies behind',
    ]);
    expect(await whyNot('ana', 'birthday')).toMatchObject([
      { kind: 'not_triggered', until: at('2026-12-24T15:00Z') },
    ]);
    expect(await whyNot('leo', 'returning')).toMatchObject([
      {
        kind: 'not_triggered',
        tree: { holds: false, because: { en: expect.stringContaining('product_viewed') as string } },
      },
    ]);
  });

  it('because "only_if" did not hold when it fired, with the part that failed', async () => {
    const findings = await whyNot('sol', 'reminder');
    expect(findings).toMatchObject([
      { kind: 'only_if', workflow: 'reminding', at: START + 3 * DAY },
      { kind: 'only_if', workflow: 'reminding', at: START + 20 * MINUTE },
      { kind: 'would_be_held_back' },
    ]);
    const [upset, little] = findings;
    expect(little?.tree?.parts.map(({ holds }) => holds)).toEqual([false, true]);
    expect(little?.says.en).toBe(
      'product_added happened, but no run began: "only_if" did not hold: cart.value is 25 (asked: at least 50)',
    );
    expect(upset?.tree?.parts.map(({ kind, holds }) => [kind, holds])).toEqual([
      ['one', true],
      ['none', false],
    ]);
    expect(upset?.says.es).toContain('el ánimo es upset');
  });

  it('because a condition that starts it became true while "only_if" did not hold', async () => {
    expect(await whyNot('ana', 'returning')).toMatchObject([
      {
        kind: 'only_if',
        at: START + 2 * MINUTE,
        says: { en: expect.stringContaining('plan is not known') as string },
      },
    ]);
  });

  it('because a way out was open when it fired', async () => {
    const findings = await whyNot('ana', 'leaving');
    expect(findings).toHaveLength(3);
    expect(findings[0]).toMatchObject({
      kind: 'exit_open',
      at: START + 3 * MINUTE,
      says: { es: expect.stringContaining('ya había una salida abierta') as string },
    });
  });

  it('because it is held out', async () => {
    const { reader, live } = shop.app;
    const stored = await reader.findContact('max');
    if (!stored) throw new Error('nobody is called max');
    const records = await readRecords(reader, stored, END);
    const held_out = records.runs.map((run) => ({ ...run, held_out: true, step: '', due_at: END + DAY }));
    const { why_not } = explainRecords({ ...records, runs: held_out }, live(), {
      now: END,
      why_not: 'reminder',
    });
    expect(why_not?.findings).toMatchObject([
      {
        kind: 'held_out',
        until: END + DAY,
        says: { en: expect.stringMatching(/held out and get nothing/) as string },
      },
    ]);
  });

  it('because it may not come in again yet', async () => {
    const findings = await whyNot('ana', 'reminder');
    // Reminded once; the run ended two days after that.
    expect(findings.map(({ kind }) => kind)).toEqual(['sent', 're_enter', 'ended', 'would_be_held_back']);
    expect(findings[1]).toMatchObject({ at: START + 4 * DAY, until: START + 70 * MINUTE + 9 * DAY });
  });

  it('because it left by a way out, or went another way', async () => {
    expect(told(await whyNot('luis', 'reminder'))).toEqual([
      'ended: run 1 ended, by a way out: order_completed happened once',
    ]);
    expect(told(await whyNot('luis', 'thanks'))).toEqual([
      'other_way: run 1 ended, at an end of its steps: not in the club; it went another way than over the step that sends it (1.1.1)',
    ]);
  });

  it('because it still waits at a step', async () => {
    expect(await whyNot('max', 'reminder')).toMatchObject([
      {
        kind: 'stands',
        until: END + 40 * MINUTE,
        says: { en: 'is inside now: waits at step 1; the step that sends it (2) comes later' },
      },
    ]);
  });

  it('because it was held back, which it would be again', async () => {
    expect(told(await whyNot('eva', 'reminder')).slice(0, 1)).toEqual([
      'suppressed: it was held back: never allowed promotions by email',
    ]);
    expect(told(await whyNot('eva', 'reminder')).at(-1)).toBe(
      'would_be_held_back: if a step sent it at this moment, it would be held back: never allowed promotions by email',
    );
  });

  it('because the workflow is paused, or nothing sends it', async () => {
    const findings = await whyNot('leo', 'calling');
    expect(findings.map(({ kind }) => kind)).toEqual(['not_live', 'not_triggered']);
    expect((await whyNot('leo', 'unsent'))[0]?.kind).toBe('no_sender');
  });

  it('of something that is not there, says so', async () => {
    await expect(whyNot('leo', 'remindr')).rejects.toThrow(
      'There is no message or workflow called "remindr".',
    );
  });
});
