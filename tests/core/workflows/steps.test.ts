/** Each verb by itself: what was written, what becomes of it, and what is said of mistakes. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { compileCondition, NOTHING_AROUND } from '../../../src/core/conditions/condition.ts';
import type { Contact } from '../../../src/core/contacts/contact.ts';
import { fold } from '../../../src/core/contacts/fold.ts';
import { planMemory, type MemorySpec } from '../../../src/core/contacts/memory.ts';
import type { Event, Instant } from '../../../src/core/events/event.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { check } from '../../../src/core/schema.ts';
import { calendarSchema } from '../../../src/core/time/calendar.ts';
import type { Run } from '../../../src/core/workflows/run.ts';
import { CALL_ANSWERED, END, type Step, type Walk } from '../../../src/core/workflows/step.ts';
import { stepListSchema, verbOf } from '../../../src/core/workflows/steps/index.ts';
import type { StepSource } from '../../../src/core/workflows/verb.ts';
import {
  aContact,
  aLoadedProject,
  anEvent,
  aProject,
  aStory,
  at,
  DAY,
  HOUR,
  MINUTE,
} from '../../support/build.ts';

/** The steps of a list with all that stand in them, and what they ask to be remembered. */
interface Compiled {
  readonly step: Step;
  readonly steps: readonly Step[];
  readonly memory: readonly MemorySpec[];
  idOf(index: number): string;
}

/** The first of a list of steps, compiled within the workflow `cart`, which `product_added` starts. */
function compile(yaml: string): Compiled {
  const checked = check(stepListSchema, parse(yaml));
  if (!checked.ok) throw new Error(checked.findings.map(({ message }) => message).join('\n'));
  const steps: Step[] = [];
  const memory: MemorySpec[] = [];
  const first = compileList(checked.value, '', END);
  const step = steps[first] as Step;
  return { step, steps, memory, idOf: (index) => steps[index]?.id ?? 'END' };

  function compileList(list: readonly StepSource[], under: string, after: number): number {
    return list.reduceRight((next, source, index) => {
      const id = source.id ?? `${under}${index + 1}`;
      const made = verbOf(source).compile(source, {
        id,
        workflow: 'cart',
        time_zone: 'Europe/Madrid',
        next,
        indexOf: (wanted) => steps.findIndex((one) => one.id === wanted),
        trigger: ({ name }) => name === 'product_added',
        question(condition, scope) {
          const question = compileCondition(condition, NOTHING_AROUND, scope);
          memory.push(...question.memory);
          return question;
        },
        steps: (inner, name, then) => compileList(inner, `${id}.${name}.`, then),
      });
      return steps.push(made) - 1;
    }, after);
  }
}

interface Standing {
  readonly now: Instant | string;
  readonly clock?: Instant | string;
  readonly arrived?: Instant | string;
  readonly due?: Instant | string;
  readonly contact?: Contact;
  readonly zone?: string;
  readonly run?: Partial<Run>;
  readonly winner?: string;
}

const moment = (when: Instant | string): Instant => (typeof when === 'string' ? at(when) : when);

/** Somebody who stands at the step `1` of the first run of `cart`. */
function walk(standing: Standing): Walk {
  const now = moment(standing.now);
  const contact = standing.contact ?? aContact();
  const run: Run = {
    workflow: 'cart',
    version: 'v1',
    number: 1,
    entered_at: moment(standing.arrived ?? now),
    event: null,
    key: null,
    held_out: false,
    variants: {},
    because: { en: '', es: '' },
    step: '1',
    visit: 4,
    arrived_at: moment(standing.arrived ?? now),
    due_at: standing.due === undefined ? null : moment(standing.due),
    ended_at: null,
    outcome: null,
    ended_because: null,
    ...standing.run,
  };
  const calendars = {
    sending: calendarSchema.parse({ title: 'Sending', open: { weekdays: '09:00-20:00' } }),
  };
  const zone = standing.zone ?? 'UTC';
  return {
    facts: { contact, now, zone, entered_at: run.entered_at },
    run,
    now,
    clock: standing.clock === undefined ? now : moment(standing.clock),
    calendars,
    winner: () => standing.winner,
  };
}

/** The contact after these events, who remembers what the steps ask for. */
function knowing({ memory }: Compiled, ...events: readonly Event[]): Contact {
  const contact = aContact();
  const plan = planMemory(memory);
  return {
    ...contact,
    profile: events.reduce((profile, event) => fold(profile, event, plan), contact.profile),
  };
}

/** What is said of a list of steps. */
function said(yaml: string): readonly string[] {
  const checked = check(stepListSchema, parse(yaml));
  return checked.ok ? [] : checked.findings.map(({ message }) => message);
}

const NOON = at('2026-11-24T12:00'); // a Tuesday

describe('goto', () => {
  test('goes on at the step of that id, forwards and back', () => {
    const { step, steps, idOf } = compile(
      '[{ goto: last }, { wait: 1 day, id: middle }, { goto: middle, id: back }, { exit: over, id: last }]',
    );
    expect(goes(step.arrive(walk({ now: NOON })), idOf)).toBe('last');
    const back = steps.find(({ id }) => id === 'back') as Step;
    expect(goes(back.arrive(walk({ now: NOON })), idOf)).toBe('middle');
  });

  test('ends the run as failed where there is no such step any more', () => {
    const { step } = compile('[{ goto: gone }]');
    expect(step.arrive(walk({ now: NOON }))).toMatchObject({
      outcome: 'failed',
      end: { en: 'there is no step "gone" to go to', es: 'no hay ningún paso "gone" al que ir' },
    });
  });
});

describe('ab_test', () => {
  const YAML = `
- ab_test:
    variants:
      benefits: { share: 50, steps: [{ send_email: benefits }] }
      reviews: { share: 50, steps: [{ send_email: reviews }, { wait: 1 day }] }
  id: reminder
- exit: over
  id: last`;

  test('takes each contact along one of the ways, always the same', () => {
    const { step, idOf } = compile(YAML);
    const ways = Array.from({ length: 2000 }, (_, index) => {
      const there = walk({ now: NOON, contact: aContact({ id: `c${index}` }) });
      const then = step.arrive(there);
      expect(step.arrive(there)).toEqual(then);
      if (!('go' in then)) throw new Error('stays');
      expect(idOf(then.go)).toBe(`reminder.${then.variant}.1`);
      return then.variant;
    });
    const benefits = ways.filter((way) => way === 'benefits').length;
    expect(Math.abs(benefits - 1000)).toBeLessThan(5 * Math.sqrt(500));
  });

  test('comes together again below', () => {
    const { steps, idOf } = compile(YAML);
    const send = steps.find(({ id }) => id === 'reminder.benefits.1') as Step;
    expect(goes(send.arrive(walk({ now: NOON })), idOf)).toBe('last');
  });

  test('takes the winner once it is known, unless the run has taken another way before', () => {
    const { step } = compile(YAML);
    for (let index = 0; index < 20; index++) {
      const contact = aContact({ id: `c${index}` });
      expect(step.arrive(walk({ now: NOON, contact, winner: 'reviews' }))).toMatchObject({
        variant: 'reviews',
      });
      const run = { variants: { reminder: 'benefits' } };
      expect(step.arrive(walk({ now: NOON, contact, run, winner: 'reviews' }))).toMatchObject({
        variant: 'benefits',
      });
    }
  });

  test('forgets variants that are written no more, and names that every object has', () => {
    const { step } = compile(YAML);
    for (const gone of ['older', 'constructor']) {
      const then = step.arrive(walk({ now: NOON, run: { variants: { reminder: gone } }, winner: gone }));
      expect(['benefits', 'reviews']).toContain('variant' in then && then.variant);
    }
  });

  test.each([
    [
      'shares that do not add up',
      testOf('a: { share: 50, steps: [] }, b: { share: 40, steps: [] }'),
      'the shares of a, b add up to 90 percent; they must add up to 100',
    ],
    [
      'one variant',
      testOf('a: { share: 100, steps: [] }'),
      'a test needs two variants or more; put another beside "a"',
    ],
    [
      'no share',
      testOf('a: { steps: [] }, b: { share: 50, steps: [] }'),
      '"share" is missing; say how many percent of the contacts take this variant, like "share: 50"',
    ],
    [
      'nothing for a share',
      testOf('a: { share: 0, steps: [] }, b: { share: 100, steps: [] }'),
      '"share" must be more than 0, not 0',
    ],
    [
      'a name in capitals',
      testOf('A: { share: 50, steps: [] }, b: { share: 50, steps: [] }'),
      '"A" is not an id; write it in small letters, digits and "_", like "win_back"',
    ],
    [
      'no id',
      testOf('a: { share: 50, steps: [] }, b: { share: 50, steps: [] }', '').replace(', id: t', ''),
      '"id" is missing; the results are kept by it, so give the test one, like "id: second_reminder"',
    ],
    [
      'a winner at no time',
      testOf('a: { share: 50, steps: [] }, b: { share: 50, steps: [] }', ', winner_by: goal'),
      'write "winner_by" and "decide_after" together, like "winner_by: goal" and "decide_after: 14 days"; without both the test goes on for ever',
    ],
    [
      'another winner',
      testOf(
        'a: { share: 50, steps: [] }, b: { share: 50, steps: [] }',
        ', winner_by: sent, decide_after: 1 day',
      ),
      '"sent" is not one of goal, opened, clicked',
    ],
  ])('tells of %s', (_name, yaml, message) => {
    expect(said(yaml)).toEqual([message]);
  });

  test('takes shares that only rounding keeps from 100', () => {
    const thirds =
      'a: { share: 33.3, steps: [] }, b: { share: 33.3, steps: [] }, c: { share: 33.4, steps: [] }';
    expect(said(testOf(thirds))).toEqual([]);
  });

  function testOf(variants: string, more = ''): string {
    return `[{ ab_test: { variants: { ${variants} }${more} }, id: t }]`;
  }
});

describe('start_workflow and tell_team', () => {
  test('have their effect, and go on at once', () => {
    const start = compile('[{ start_workflow: win_back, with: { why: cart, value: 3 } }]').step;
    expect(start.arrive(walk({ now: NOON }))).toEqual({
      go: END,
      effects: [{ do: 'start', workflow: 'win_back', data: { why: 'cart', value: 3 } }],
    });
    const tell = compile('[{ tell_team: "Call {{first_name}}", to: luis@lumbre.example }]').step;
    expect(tell.arrive(walk({ now: NOON }))).toEqual({
      go: END,
      effects: [
        { do: 'call', call: { kind: 'team', text: 'Call {{first_name}}', to: 'luis@lumbre.example' } },
      ],
    });
  });

  test('tell of mistakes', () => {
    expect(said('[{ tell_team: hello, to: luis }]')).toEqual(['"luis" is not an e-mail address']);
    expect(said('[{ start_workflow: Win Back }]')).toEqual([
      '"Win Back" is not an id; write it in small letters, digits and "_", like "win_back"',
    ]);
  });
});

describe('call_webhook', () => {
  const URL = 'https://crm.example/deals';
  const answered = (properties: JsonObject): Event =>
    anEvent(
      CALL_ANSWERED,
      {
        workflow: 'cart',
        run: 1,
        step: '1',
        visit: 4,
        ok: true,
        answer: { id: 7 },
        failure: '',
        ...properties,
      },
      NOON,
    );
  const failed = answered({ ok: false, answer: null, failure: 'crm.example answered 500 for an hour.' });

  test('calls, and stays until a little after the time for trying', () => {
    const { step } = compile(`[{ call_webhook: { url: ${URL}, headers: { Authorization: $CRM_TOKEN } } }]`);
    expect(step.arrive(walk({ now: NOON }))).toEqual({
      stay_until: NOON + HOUR + 10 * MINUTE,
      effects: [
        {
          do: 'call',
          call: {
            kind: 'webhook',
            url: URL,
            method: 'POST',
            headers: { Authorization: '$CRM_TOKEN' },
            body: null,
            keep_trying_ms: HOUR,
          },
        },
      ],
    });
  });

  test('gives the call its whole time, also where the engine catches up', () => {
    const { step } = compile(`[{ call_webhook: { url: ${URL} }, up_to: 30 minutes }]`);
    const then = step.arrive(walk({ now: NOON, clock: NOON + DAY }));
    expect(then).toMatchObject({
      stay_until: NOON + DAY + 40 * MINUTE,
      effects: [{ call: { keep_trying_ms: DAY + 30 * MINUTE } }],
    });
  });

  test('goes on with the answer to this very call, and keeps it in a field', () => {
    const { step } = compile(`[{ call_webhook: { url: ${URL}, method: PUT, save_answer: deal } }]`);
    const here = walk({ now: NOON });
    expect(step.happen?.(here, answered({}))).toEqual({
      go: END,
      effects: [{ do: 'update', fields: { deal: { id: 7 } } }],
    });
    for (const other of [{ workflow: 'other' }, { run: 2 }, { visit: 3 }]) {
      expect(step.happen?.(here, answered(other))).toBeUndefined();
    }
    expect(
      step.happen?.(here, anEvent('order_completed', { ...answered({}).properties }, NOON)),
    ).toBeUndefined();
    expect(step.happen?.(here, undefined)).toBeUndefined();
  });

  test('knows the answer also where an edit has given the step another id since', () => {
    const { step } = compile(`[{ call_webhook: { url: ${URL} } }]`);
    expect(step.happen?.(walk({ now: NOON, run: { step: '2' } }), answered({}))).toEqual({ go: END });
  });

  test('keeps no answer where none is asked for', () => {
    const { step } = compile(`[{ call_webhook: { url: ${URL} } }]`);
    expect(step.happen?.(walk({ now: NOON }), answered({}))).toEqual({ go: END });
  });

  test('ends the run as failed when the call has failed, or nothing ever came back', () => {
    const { step } = compile(`[{ call_webhook: { url: ${URL} } }]`);
    expect(step.happen?.(walk({ now: NOON }), failed)).toEqual({
      outcome: 'failed',
      end: {
        en: 'the call failed: crm.example answered 500 for an hour.',
        es: 'la llamada falló: crm.example answered 500 for an hour.',
      },
    });
    expect(step.due?.(walk({ now: NOON }))).toMatchObject({
      outcome: 'failed',
      end: { en: 'the call was never answered' },
    });
  });

  test('takes the way for failures where there is one', () => {
    const { step, idOf } = compile(
      `[{ call_webhook: { url: ${URL} }, if_failed: [{ tell_team: the CRM is away }] }, { exit: over, id: last }]`,
    );
    expect(goes(step.happen?.(walk({ now: NOON }), failed), idOf)).toBe('1.if_failed.1');
    expect(goes(step.due?.(walk({ now: NOON })), idOf)).toBe('1.if_failed.1');
    expect(goes(step.happen?.(walk({ now: NOON }), answered({})), idOf)).toBe('last');
  });

  test.each([
    ['url: crm', '"crm" is not an address to call; write it like "https://crm.example.com/deals"'],
    [
      'url: "ftp://crm.example"',
      '"ftp://crm.example" is not an address to call; write it like "https://crm.example.com/deals"',
    ],
    [
      'url: "https://crm.example/{{email}}"',
      'an address is the same for every contact; put what differs into "body"',
    ],
    [
      'url: "https://me:secret@crm.example"',
      'a name and a password do not belong into an address; put them into "headers", like "Authorization: $CRM_TOKEN"',
    ],
    ['method: POST', '"url" is missing'],
    [
      `url: ${URL}, headers: { "X Y": a }`,
      '"X Y" is not the name of a header; write it like "Authorization"',
    ],
    [`url: ${URL}, headers: { A: "a\\r\\nB: b" }`, 'a header is one line of plain letters without accents'],
    [
      `url: ${URL}, headers: { A: Bearer $TOKEN }`,
      'an environment variable is the whole of a header, like "Authorization: $CRM_TOKEN"; put words such as "Bearer" into the variable',
    ],
    [`url: ${URL}, method: DELETE`, '"DELETE" is not one of POST, PUT, PATCH, GET'],
    [
      `url: ${URL}, method: GET, body: { a: 1 }`,
      'a GET carries no body; write "method: POST", or take "body" away',
    ],
    [
      `url: ${URL}, save_answer: Deal`,
      '"Deal" is not an id; write it in small letters, digits and "_", like "win_back"',
    ],
  ])('tells of %s', (options, message) => {
    expect(said(`[{ call_webhook: { ${options} } }]`)).toEqual([message]);
  });
});

describe('ask', () => {
  const YAML = `
- ask: how_was_it
  up_to: 5 days
  if_not: [{ send_email: please }]
- exit: over
  id: last`;
  const SEND = { do: 'send', message: 'how_was_it', channel: 'email' };
  const answer = (properties: JsonObject, when: Instant): Event =>
    anEvent('survey_answered', properties, when);

  test('sends and goes on at once where no time is written', () => {
    const { step, idOf } = compile('[{ ask: how_was_it }, { exit: over, id: last }]');
    const then = step.arrive(walk({ now: NOON }));
    expect(goes(then, idOf)).toBe('last');
    expect(then).toMatchObject({ effects: [SEND] });
  });

  test('sends and waits where a time is written', () => {
    const { step } = compile(YAML);
    expect(step.arrive(walk({ now: NOON }))).toEqual({ stay_until: NOON + 5 * DAY, effects: [SEND] });
  });

  test.each([{ message: 'how_was_it', score: 3 }, { survey: 'how_was_it' }])(
    'goes on with its answer: %j',
    (properties) => {
      const compiled = compile(YAML);
      const event = answer(properties, NOON + DAY);
      const here = walk({ now: NOON + DAY, arrived: NOON, contact: knowing(compiled, event) });
      expect(goes(compiled.step.happen?.(here, event), compiled.idOf)).toBe('last');
    },
  );

  test('does not take another answer for its own, nor one from before it asked', () => {
    const compiled = compile(YAML);
    for (const event of [
      answer({ survey: 'other' }, NOON + DAY),
      answer({ message: 'how_was_it' }, NOON - DAY),
    ]) {
      const here = walk({ now: NOON + DAY, arrived: NOON, contact: knowing(compiled, event) });
      expect(compiled.step.happen?.(here, event)).toEqual({ stay_until: NOON + 5 * DAY });
    }
  });

  test('takes the other way when none came', () => {
    const { step, idOf } = compile(YAML);
    expect(goes(step.due?.(walk({ now: NOON + 5 * DAY, arrived: NOON })), idOf)).toBe('1.if_not.1');
  });

  test('wants to know how long, where there is another way', () => {
    expect(said('[{ ask: how_was_it, if_not: [{ exit: over }] }]')).toEqual([
      '"if_not" needs to know how long the answer is waited for; write it beside, like "up_to: 5 days"',
    ]);
  });
});

describe('branch', () => {
  test('in a branch comes together again below the outer one', () => {
    const { step, steps, idOf } = compile(`
- branch:
    - when: { field: country, is: ES }
      steps:
        - branch:
            - when: { field: vip, is: true }
              steps: [{ send_email: vip }]
            - otherwise: [{ send_email: all }]
    - otherwise: [{ exit: elsewhere }]
- exit: over
  id: last`);
    const taken = (fields: JsonObject): string[] => {
      const there = walk({ now: NOON, contact: aContact({ fields }) });
      const path: string[] = [];
      for (let here: Step | undefined = step; here && here.id !== 'last';) {
        const then = here.arrive(there);
        here = 'go' in then ? steps[then.go] : undefined;
        path.push('go' in then ? idOf(then.go) : 'ends');
      }
      return path;
    };
    expect(taken({ country: 'ES', vip: true })).toEqual(['1.1.1', '1.1.1.1.1', 'last']);
    expect(taken({ country: 'ES' })).toEqual(['1.1.1', '1.1.1.otherwise.1', 'last']);
    expect(taken({ country: 'MX' })).toEqual(['1.otherwise.1', 'ends']);
  });
});

describe('wait, when the workflow was edited', () => {
  test('counts with its new length from the arrival, and goes on where that has passed', () => {
    const { step } = compile('[{ wait: 3 days }]');
    expect(step.began).toBeUndefined();
    expect(step.adopt?.(walk({ now: NOON + DAY }), NOON)).toEqual({ stay_until: NOON + 3 * DAY });
    expect(step.adopt?.(walk({ now: NOON + 3 * DAY }), NOON)).toEqual({ go: END });
  });

  test('counts from the last event where it did before', () => {
    const old = compile('[{ wait: 1 hour, since: last_event }]').step;
    const here = walk({ now: NOON + 30 * MINUTE, arrived: NOON, due: NOON + 80 * MINUTE });
    expect(old.began?.(here)).toBe(NOON + 20 * MINUTE);
    expect(old.began?.(walk({ now: NOON, arrived: NOON }))).toBe(NOON);
    const edited = compile('[{ wait: 2 hours, since: last_event }]').step;
    expect(edited.adopt?.(here, NOON + 20 * MINUTE)).toEqual({ stay_until: NOON + 140 * MINUTE });
  });
});

describe('wait_for, when the workflow was edited', () => {
  const YAML = '[{ wait_for: { event: order_completed }, up_to: 2 days, if_not: [{ exit: none }] }]';

  test('takes the new length', () => {
    const compiled = compile(YAML);
    const { step, idOf } = compiled;
    const contact = knowing(compiled);
    expect(step.adopt?.(walk({ now: NOON + DAY, arrived: NOON, contact }), NOON)).toEqual({
      stay_until: NOON + 2 * DAY,
    });
    const late = walk({ now: NOON + 3 * DAY, arrived: NOON, contact });
    expect(goes(step.adopt?.(late, NOON), idOf)).toBe('1.if_not.1');
  });

  test('goes on where what is now waited for has happened since the arrival', () => {
    const compiled = compile(YAML);
    const contact = knowing(compiled, anEvent('order_completed', { order_id: 'o' }, NOON + HOUR));
    expect(compiled.step.adopt?.(walk({ now: NOON + 3 * DAY, arrived: NOON, contact }), NOON)).toEqual({
      go: END,
    });
    const later = walk({ now: NOON + DAY, arrived: NOON + 2 * HOUR, contact });
    expect(compiled.step.adopt?.(later, NOON + 2 * HOUR)).toEqual({
      stay_until: NOON + 2 * HOUR + 2 * DAY,
    });
  });
});

describe('wait_until hours', () => {
  test('asks the hours anew when the workflow was edited', () => {
    const { step } = compile('[{ wait_until: { hours: sending } }]');
    expect(step.adopt?.(walk({ now: NOON, arrived: NOON - DAY }), NOON - DAY)).toEqual({ go: END });
    expect(step.adopt?.(walk({ now: '2026-11-24T21:00', arrived: NOON }), NOON)).toEqual({
      stay_until: at('2026-11-25T09:00'),
    });
  });
});

describe('wait_until a time', () => {
  const until = (options: string, standing: Standing) =>
    compile(`[{ wait_until: { ${options} } }]`).step.arrive(walk(standing));

  test('is the next such time where the contact is', () => {
    expect(until('time: 10:00', { now: NOON })).toEqual({ stay_until: at('2026-11-25T10:00') });
    expect(until('time: 18:30', { now: NOON, zone: 'America/Mexico_City' })).toEqual({
      stay_until: at('2026-11-25T00:30'),
    });
  });

  test('goes on at once at the very moment, and not a second later', () => {
    expect(until('time: 12:00', { now: NOON })).toEqual({ go: END });
    expect(until('time: 12:00', { now: NOON + 1000 })).toEqual({ stay_until: NOON + DAY });
  });

  test('may name days of the week, one or several', () => {
    expect(until('time: 10:00, day: monday', { now: NOON })).toEqual({ stay_until: at('2026-11-30T10:00') });
    expect(until('time: 10:00, day: [monday, thursday]', { now: NOON })).toEqual({
      stay_until: at('2026-11-26T10:00'),
    });
  });

  test('may be told by the brand’s clock', () => {
    expect(until('time: 10:00, zone: brand', { now: NOON, zone: 'America/Mexico_City' })).toEqual({
      stay_until: at('2026-11-25T09:00'), // Madrid
    });
  });

  test('is asked of the clock where the engine catches up: nobody is written to at night for a morning missed', () => {
    expect(until('time: 10:00', { now: '2026-11-23T09:00', clock: '2026-11-24T23:00' })).toEqual({
      stay_until: at('2026-11-25T10:00'),
    });
  });

  test('keeps its place over the change of the clocks', () => {
    // In Madrid the clocks go back on 25 October 2026.
    const standing = { now: at('2026-10-24T10:00'), zone: 'Europe/Madrid' };
    expect(until('time: 09:00', standing)).toEqual({ stay_until: at('2026-10-25T08:00') });
  });

  test('goes on when it has come, and counts from the arrival when it was edited', () => {
    const { step } = compile('[{ wait_until: { time: 15:00 } }]');
    expect(step.due?.(walk({ now: NOON }))).toEqual({ go: END });
    expect(step.adopt?.(walk({ now: NOON + HOUR, arrived: NOON }), NOON)).toEqual({
      stay_until: NOON + 3 * HOUR,
    });
    expect(step.adopt?.(walk({ now: NOON + 5 * HOUR, arrived: NOON }), NOON)).toEqual({ go: END });
  });
});

describe('wait_until a date', () => {
  const YAML = '[{ wait_until: { date: trip_starts, offset: 3 days before, at: 09:00 } }]';
  const bound = (trip_starts: string) => aContact({ fields: { trip_starts } });

  test('is that moment where the contact is', () => {
    const { step } = compile(YAML);
    expect(step.arrive(walk({ now: NOON, contact: bound('2026-12-10'), zone: 'Europe/Madrid' }))).toEqual({
      stay_until: at('2026-12-07T08:00'),
    });
  });

  test('goes on at once where the date has passed, or there is none', () => {
    const { step } = compile(YAML);
    expect(step.arrive(walk({ now: NOON, contact: bound('2026-11-26') }))).toEqual({ go: END });
    expect(step.arrive(walk({ now: NOON, contact: bound('soon') }))).toEqual({ go: END });
    expect(step.arrive(walk({ now: NOON }))).toEqual({ go: END });
  });

  test('follows a date that changes while the run stands there', () => {
    const { step } = compile(YAML);
    const standing = { now: NOON, due: '2026-12-07T09:00' };
    expect(step.happen?.(walk({ ...standing, contact: bound('2026-12-20') }), undefined)).toEqual({
      stay_until: at('2026-12-17T09:00'),
    });
    expect(step.happen?.(walk({ ...standing, contact: bound('2026-11-25') }), undefined)).toEqual({
      go: END,
    });
  });

  test('that comes every year is the next one, and is not put off by what happens when it has come', () => {
    const { step } = compile('[{ wait_until: { date: birthday, every: year } }]');
    const contact = aContact({ fields: { birthday: '1990-12-01' } });
    expect(step.arrive(walk({ now: NOON, contact }))).toEqual({ stay_until: at('2026-12-01T09:00') });
    const late = { now: '2026-12-01T09:30', due: '2026-12-01T09:00', contact };
    expect(step.happen?.(walk(late), undefined)).toBeUndefined();
    expect(step.due?.(walk(late))).toEqual({ go: END });
  });

  test('takes the new offset when the workflow was edited', () => {
    const { step } = compile(YAML);
    const contact = bound('2026-12-10');
    expect(step.adopt?.(walk({ now: NOON, contact }), NOON - DAY)).toEqual({
      stay_until: at('2026-12-07T09:00'),
    });
    expect(step.adopt?.(walk({ now: at('2026-12-08T00:00'), contact }), NOON)).toEqual({ go: END });
  });
});

describe('wait_until tells', () => {
  test.each([
    ['{ time: 10 }', '10 is not a time of day; write it like "09:00", from "00:00" to "23:59"'],
    [
      '{ time: 10:00, day: lunes }',
      '"lunes" is not one of monday, tuesday, wednesday, thursday, friday, saturday, sunday',
    ],
    ['{ hour: sending }', '"hour" is not a known moment'],
    ['{ time: 10:00, hours: sending }', '"hours" cannot stand beside "time"; make it a moment of its own'],
    ['{ time: 10:00, spread: 5 minutes }', '"spread" does not belong here'],
    [
      '{ date: birthday, offset: 3 hours before }',
      '"3 hours before" is shorter than a day; write the offset in days or longer, and the time of day with "at: 09:00"',
    ],
  ])('of %s', (options, message) => {
    expect(said(`[{ wait_until: ${options} }]`)).toEqual([message]);
  });
});

describe('walked through a contact’s days', () => {
  const add = (when: Instant): Event => anEvent('product_added', { product_id: 's1', price: 20 }, when);
  const cart = (steps: string, more = '') => ({
    cart: `enter_when: { event: product_added }\n${more}${steps}`,
  });

  test('a loop through a wait writes each time, and each visit is its own', () => {
    const steps = `re_enter: never
exit_when: { event: order_completed }
steps:
  - send_email: nudge
    id: again
  - wait: 1 day
  - goto: again
`;
    const story = aStory(aProject({ workflows: cart(steps), services: ['nudge'] }));
    const visits = [
      ...story.tell(NOON, add(NOON)).messages,
      ...story.tell(NOON + DAY).messages,
      ...story.tell(NOON + 2 * DAY).messages,
    ].map(({ step, visit }) => `${step} ${visit}`);
    expect(visits).toEqual(['again 1', 'again 4', 'again 7']);
    story.tell(NOON + 60 * HOUR, anEvent('order_completed', { order_id: 'o' }, NOON + 60 * HOUR));
    story.tell(NOON + 10 * DAY);
    expect(story.messages).toHaveLength(3);
  });

  test('a loop takes the same variant each time, also when the other one has won meanwhile', () => {
    const steps = `steps:
  - ab_test:
      variants:
        one: { share: 50, steps: [{ send_email: one }] }
        two: { share: 50, steps: [{ send_email: two }] }
    id: test
  - wait: 1 day
  - goto: test
`;
    const parts = { workflows: cart(steps), services: ['one', 'two'] };
    const before = aStory(aProject(parts));
    before.tell(NOON, add(NOON));
    const variant = before.runs[0]?.variants.test as string;
    const other = variant === 'one' ? 'two' : 'one';
    const winners = { 'cart/test': other };
    const after = aStory(aLoadedProject(parts, [], { winners }).project, before.contact);
    after.tell(NOON + DAY);
    expect(after.messages).toEqual([`2026-11-25T12:00 ${variant}`]);
    const fresh = aStory(aLoadedProject(parts, [], { winners }).project);
    fresh.tell(NOON, add(NOON));
    expect(fresh.messages).toEqual([`2026-11-24T12:00 ${other}`]);
  });

  test('a webhook’s answer is known to the very next step', () => {
    const steps = `steps:
  - call_webhook: { url: https://crm.example/score, save_answer: score }
  - branch:
      - when: { field: score.level, at_least: 5 }
        steps: [{ send_email: warm }]
      - otherwise: [{ send_email: cold }]
`;
    const story = aStory(aProject({ workflows: cart(steps) }));
    const [call] = story.tell(NOON, add(NOON)).calls;
    expect(call).toMatchObject({ workflow: 'cart', run: 1, step: '1', visit: 1, spec: { method: 'POST' } });
    const { workflow, run, step, visit } = call ?? { workflow: '', run: 0, step: '', visit: 0 };
    const answer = { workflow, run, step, visit, ok: true, answer: { level: 7 }, failure: '' };
    story.tell(NOON + MINUTE, anEvent(CALL_ANSWERED, answer, NOON + MINUTE));
    story.tell(NOON + DAY);
    expect(story.messages).toEqual(['2026-11-24T12:01 warm']);
  });

  test('a webhook that is never answered does not hold anybody for ever', () => {
    const steps = 'steps: [{ call_webhook: { url: https://crm.example/score } }, { send_email: hello }]\n';
    const story = aStory(aProject({ workflows: cart(steps) }));
    story.tell(NOON, add(NOON));
    story.tell(NOON + DAY);
    expect(story.messages).toEqual([]);
    expect(story.runs).toMatchObject([
      {
        outcome: 'failed',
        ended_at: NOON + 70 * MINUTE,
        ended_because: { en: 'the call was never answered' },
      },
    ]);
  });

  test('a survey is asked, answered and thanked for, or followed up once', () => {
    const steps = `steps:
  - ask: how_was_it
    up_to: 2 days
    if_not: [{ send_email: please }, { exit: no answer }]
  - send_email: thanks
`;
    const project = aProject({ workflows: cart(steps) });
    const silent = aStory(project);
    silent.tell(NOON, add(NOON));
    silent.tell(NOON + 5 * DAY);
    expect(silent.messages).toEqual(['2026-11-24T12:00 how_was_it', '2026-11-26T12:00 please']);
    const kind = aStory(project);
    kind.tell(NOON, add(NOON));
    kind.tell(NOON + HOUR, anEvent('survey_answered', { message: 'how_was_it', score: 5 }, NOON + HOUR));
    kind.tell(NOON + 5 * DAY);
    expect(kind.messages).toEqual(['2026-11-24T12:00 how_was_it', '2026-11-24T13:00 thanks']);
  });

  test('another workflow is started with what is handed to it', () => {
    const story = aStory(
      aProject({
        workflows: {
          ...cart('steps: [{ start_workflow: second, with: { gift: mug } }]\n'),
          second: 'enter_when: manual\nsteps: [{ send_email: gift }]\n',
        },
      }),
    );
    const { messages } = story.tell(NOON, add(NOON));
    expect(messages).toMatchObject([{ workflow: 'second', message: 'gift', event: { gift: 'mug' } }]);
  });

  test('people inside follow an edited wait', () => {
    const steps = (length: string) =>
      cart(`steps: [{ wait: ${length}, id: pause }, { send_email: hello }]\n`, 'when_edited: follow\n');
    const old = aLoadedProject({ workflows: steps('10 days') });
    const [source] = old.workflow_sources;
    const before = aStory(old.project);
    before.tell(NOON, add(NOON));
    const versions = [{ workflow: 'cart', version: source?.version ?? '', source: source?.text ?? '' }];
    const edited = (length: string) =>
      aStory(aLoadedProject({ workflows: steps(length) }, versions).project, before.contact);
    const shorter = edited('3 days');
    shorter.tell(NOON + DAY);
    shorter.tell(NOON + 20 * DAY);
    expect(shorter.messages).toEqual(['2026-11-27T12:00 hello']);
    const passed = edited('1 hour');
    passed.tell(NOON + DAY);
    expect(passed.messages).toEqual(['2026-11-25T12:00 hello']);
  });
});

/** The id of the step to which a run goes. */
function goes(then: ReturnType<NonNullable<Step['happen']>>, idOf: (index: number) => string): string {
  return then && 'go' in then ? idOf(then.go) : JSON.stringify(then);
}
