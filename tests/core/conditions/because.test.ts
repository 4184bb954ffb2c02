/** Why a condition holds or not, in the words that the console shows: one table for all subjects. */
import { describe, expect, test } from 'vitest';
import { compileCondition, conditionSchema, NOTHING_AROUND } from '../../../src/core/conditions/condition.ts';
import type { Contact } from '../../../src/core/contacts/contact.ts';
import { moodsOf } from '../../../src/core/messages/mood.ts';
import { personasOf } from '../../../src/core/segments/personas.ts';
import { readYaml } from '../../../src/project/yaml.ts';
import { aContact, afterEvents, anEvent, aQuestion, at, DAY } from '../../support/build.ts';

/** Sunday. */
const NOW = at('2026-03-15T12:00');
const ago = (days: number): number => NOW - days * DAY;

const around = {
  moods: moodsOf([
    { id: 'upset', when: aQuestion('{ event: complaint_opened, within: 14 days }'), ends_when: null },
    { id: 'calm', when: null, ends_when: null },
  ]),
  personas: personasOf([{ id: 'member', when: aQuestion('{ field: plan, is: club }') }]),
  segment: (id: string) => (id === 'club' ? aQuestion('{ field: plan, is: club }') : undefined),
};

const HISTORY = [
  ...[120, 85, 50, 15].map((days) =>
    anEvent('order_completed', { order_id: `o${days}`, revenue: 25.5 }, ago(days)),
  ),
  anEvent('product_viewed', { category: 'shoes' }, ago(8)),
  anEvent('product_viewed', { category: 'shoes' }, ago(2)),
  anEvent('message_sent', { message: 'welcome' }, ago(4)),
  anEvent('message_opened', { message: 'welcome' }, ago(3)),
  anEvent('product_added', { product_id: 's1', price: 30 }, ago(1)),
];

const ANA: Contact = {
  ...aContact({
    stage: 'decision',
    since: ago(10),
    fields: {
      plan: 'club',
      interests: ['run', 'yoga'],
      birthday: '1990-03-20',
      renewal_on: '2026-03-18',
      note: `two\nlines ${'and so on '.repeat(20)}`,
      nothing: null,
      soon: 'soon',
    },
  }),
  stages_left: { awareness: ago(10) },
};

function because(condition: string, contact: Contact = ANA, zone = 'UTC'): readonly [string, string] {
  const { value } = readYaml('condition.yaml', condition, conditionSchema);
  if (!value) throw new Error(`not a condition: ${condition}`);
  const question = compileCondition(value, around);
  const { en, es } = question.because({ contact: afterEvents(HISTORY, [question], contact), now: NOW, zone });
  return [en, es];
}

describe('because', () => {
  test.each<[string, string, string]>([
    ['{ field: plan, is: club }', 'plan is club (asked: is club)', 'plan es club (se pide: es club)'],
    [
      '{ field: plan, is_not: free }',
      'plan is club (asked: is not free)',
      'plan es club (se pide: no es free)',
    ],
    [
      '{ field: plan, in: [free, gold] }',
      'plan is club (asked: one of free, gold)',
      'plan es club (se pide: uno de free, gold)',
    ],
    [
      '{ field: plan, not_in: [free] }',
      'plan is club (asked: none of free)',
      'plan es club (se pide: ninguno de free)',
    ],
    [
      '{ field: orders.count, at_least: 2 }',
      'orders.count is 4 (asked: at least 2)',
      'orders.count es 4 (se pide: al menos 2)',
    ],
    [
      '{ field: orders.count, at_most: 2 }',
      'orders.count is 4 (asked: at most 2)',
      'orders.count es 4 (se pide: como máximo 2)',
    ],
    [
      '{ field: orders.value, more_than: 100 }',
      'orders.value is 102 (asked: more than 100)',
      'orders.value es 102 (se pide: más de 100)',
    ],
    [
      '{ field: orders.value, less_than: 100 }',
      'orders.value is 102 (asked: less than 100)',
      'orders.value es 102 (se pide: menos de 100)',
    ],
    [
      '{ field: cart.value, between: [10, 20] }',
      'cart.value is 30 (asked: between 10 and 20)',
      'cart.value es 30 (se pide: entre 10 y 20)',
    ],
    [
      '{ field: interests, contains: run }',
      'interests is ["run","yoga"] (asked: contains run)',
      'interests es ["run","yoga"] (se pide: contiene run)',
    ],
    [
      '{ field: plan, not_contains: x }',
      'plan is club (asked: does not contain x)',
      'plan es club (se pide: no contiene x)',
    ],
    [
      '{ field: plan, contains_any: [a, b] }',
      'plan is club (asked: contains one of a, b)',
      'plan es club (se pide: contiene alguno de a, b)',
    ],
    [
      '{ field: plan, contains_all: [a, b] }',
      'plan is club (asked: contains all of a, b)',
      'plan es club (se pide: contiene todos: a, b)',
    ],
    [
      '{ field: plan, starts_with: c, ends_with: b }',
      'plan is club (asked: starts with c, ends with b)',
      'plan es club (se pide: empieza por c, termina en b)',
    ],
    [
      '{ field: city, exists: true }',
      'city is not known (asked: known)',
      'city no se conoce (se pide: conocido)',
    ],
    [
      '{ field: nothing, exists: false }',
      'nothing is not known (asked: not known)',
      'nothing no se conoce (se pide: desconocido)',
    ],
    [
      '{ field: consent.email, is: true }',
      'consent.email is true (asked: is true)',
      'consent.email es true (se pide: es true)',
    ],
    [
      '{ field: orders.last, not_within: 60 days }',
      'orders.last is 2026-02-28 (asked: not within 60 days)',
      'orders.last es 2026-02-28 (se pide: no hace menos de 60 días)',
    ],
    [
      '{ field: orders.last, more_than: 2026-01-01 }',
      'orders.last is 2026-02-28 (asked: after 2026-01-01)',
      'orders.last es 2026-02-28 (se pide: después del 2026-01-01)',
    ],
    [
      '{ field: renewal_on, within: 1 day }',
      'renewal_on is 2026-03-18 (asked: within 1 day)',
      'renewal_on es 2026-03-18 (se pide: hace menos de 1 día)',
    ],
    [
      '{ field: renewal_on, within_next: 1 week }',
      'renewal_on is 2026-03-18 (asked: within the next 1 week)',
      'renewal_on es 2026-03-18 (se pide: dentro de 1 semana o antes)',
    ],

    [
      '{ date: renewal_on, within_next: 7 days }',
      'renewal_on is 2026-03-18 (asked: within the next 7 days)',
      'renewal_on es 2026-03-18 (se pide: dentro de 7 días o antes)',
    ],
    [
      '{ date: renewal_on, is: [today, tomorrow] }',
      'renewal_on is 2026-03-18 (asked: today or tomorrow)',
      'renewal_on es 2026-03-18 (se pide: hoy o mañana)',
    ],
    [
      '{ date: renewal_on, before: today }',
      'renewal_on is 2026-03-18 (asked: before today)',
      'renewal_on es 2026-03-18 (se pide: antes de hoy)',
    ],
    [
      '{ date: renewal_on, after: 2026-03-01 }',
      'renewal_on is 2026-03-18 (asked: after 2026-03-01)',
      'renewal_on es 2026-03-18 (se pide: después de 2026-03-01)',
    ],
    [
      '{ date: orders.last, within: 1 month }',
      'orders.last is 2026-02-28 (asked: within 1 month)',
      'orders.last es 2026-02-28 (se pide: hace 1 mes o menos)',
    ],
    [
      '{ date: orders.last, not_within: 2 weeks }',
      'orders.last is 2026-02-28 (asked: not within 2 weeks)',
      'orders.last es 2026-02-28 (se pide: no hace 2 semanas o menos)',
    ],
    [
      '{ date: birthday, every: year, within_next: 7 days }',
      'birthday is next on 2026-03-20 (asked: within the next 7 days)',
      'birthday cae la próxima vez el 2026-03-20 (se pide: dentro de 7 días o antes)',
    ],
    [
      '{ date: birthday, every: year, within: 7 days }',
      'birthday was on 2025-03-20 (asked: within 7 days)',
      'birthday fue el 2025-03-20 (se pide: hace 7 días o menos)',
    ],
    [
      '{ date: birthday, every: year, is: yesterday }',
      'birthday was on 2025-03-20 (asked: yesterday)',
      'birthday fue el 2025-03-20 (se pide: ayer)',
    ],
    [
      '{ date: renewal_on, every: year, within: 7 days }',
      'renewal_on is next on 2026-03-18 (asked: within 7 days)',
      'renewal_on cae la próxima vez el 2026-03-18 (se pide: hace 7 días o menos)',
    ],
    [
      '{ date: today, is: [saturday, sunday] }',
      'today is sunday, 2026-03-15 (asked: saturday or sunday)',
      'hoy es domingo, 2026-03-15 (se pide: sábado o domingo)',
    ],
    [
      '{ date: today, between: [2026-12-01, 2026-12-24] }',
      'today is sunday, 2026-03-15 (asked: between 2026-12-01 and 2026-12-24)',
      'hoy es domingo, 2026-03-15 (se pide: entre 2026-12-01 y 2026-12-24)',
    ],
    [
      '{ date: soon, is: today }',
      'soon is soon, which is no date (asked: today)',
      'soon es soon, que no es una fecha (se pide: hoy)',
    ],
    [
      '{ date: wedding, is: today }',
      'wedding is not known (asked: today)',
      'wedding no se conoce (se pide: hoy)',
    ],

    [
      '{ churn_risk: high }',
      'the churn risk is low: last bought 15 days ago, usually every 35 days',
      'el riesgo de abandono es bajo: compró por última vez hace 15 días, normalmente cada 35 días',
    ],

    ['{ stage: decision }', 'the stage is decision', 'la etapa es decision'],
    [
      '{ stage: decision, for: 14 days }',
      'the stage is decision since 2026-03-05 (asked: for 14 days)',
      'la etapa es decision desde el 2026-03-05 (se pide: durante 14 días)',
    ],
    ['{ stage: decision, was: ever }', 'the stage is decision', 'la etapa es decision'],
    [
      '{ stage: awareness, was: ever }',
      'was in stage awareness until 2026-03-05',
      'estuvo en la etapa awareness hasta el 2026-03-05',
    ],
    [
      '{ stage: [loyalty, awareness], was: ever, within: 5 days }',
      'was in stage awareness until 2026-03-05 (asked: within 5 days)',
      'estuvo en la etapa awareness hasta el 2026-03-05 (se pide: hace menos de 5 días)',
    ],
    [
      '{ stage: [loyalty, experience], was: ever }',
      'was never in stage loyalty / experience',
      'nunca estuvo en la etapa loyalty / experience',
    ],

    ['{ mood: upset }', 'the mood is calm', 'el ánimo es calm'],
    [
      '{ persona: member }',
      'the persona is member, because plan is club (asked: is club)',
      'la persona es member, porque plan es club (se pide: es club)',
    ],
    [
      '{ segment: club }',
      'is in segment club (plan is club (asked: is club))',
      'está en el segmento club (plan es club (se pide: es club))',
    ],
    ['{ segment: deleted }', 'there is no segment deleted any more', 'el segmento deleted ya no existe'],

    [
      '{ event: product_viewed, at_least: 2 }',
      'product_viewed happened 2 times',
      'product_viewed ocurrió 2 veces',
    ],
    [
      '{ event: product_viewed, within: 7 days }',
      'product_viewed happened once within 7 days',
      'product_viewed ocurrió una vez en 7 días',
    ],
    ['{ event: pricing_viewed }', 'pricing_viewed never happened', 'pricing_viewed nunca ocurrió'],
    ['{ message: welcome, was: opened }', 'welcome was opened once', 'welcome se abrió una vez'],
    [
      '{ message: welcome, was: clicked, within: 7 days }',
      'welcome was not clicked within 7 days',
      'welcome no se pulsó en 7 días',
    ],
    ['{ message: welcome, was: delivered }', 'welcome was delivered', 'welcome se entregó'],

    ['[{ field: plan, is: club }, { stage: loyalty }]', 'the stage is decision', 'la etapa es decision'],
    [
      '{ any: [{ field: plan, is: club }, { stage: decision }] }',
      'plan is club (asked: is club); the stage is decision',
      'plan es club (se pide: es club); la etapa es decision',
    ],
    [
      '{ none: [{ stage: decision }, { field: plan, is: free }] }',
      'the stage is decision',
      'la etapa es decision',
    ],
  ])('%s: %s', (condition, en, es) => {
    expect(because(condition)).toEqual([en, es]);
  });

  test('who is upset, of no persona and in no segment, is told so', () => {
    const stranger = afterEvents(
      [anEvent('complaint_opened', {}, ago(1))],
      [aQuestion('{ event: complaint_opened, within: 14 days }')],
    );
    expect(because('{ mood: upset }', stranger)[0]).toMatch(
      /^the mood is upset, because complaint_opened happened/,
    );
    expect(because('{ persona: member }', stranger)).toEqual(['no persona fits', 'ninguna persona encaja']);
    expect(because('{ segment: club }', stranger)).toEqual([
      'is not in segment club (plan is not known (asked: is club))',
      'no está en el segmento club (plan no se conoce (se pide: es club))',
    ]);
    const before = because('{ churn_risk: high }', { ...stranger, profile: aContact().profile });
    expect(before[0]).toContain('the churn risk is low');
    const nobody = compileCondition({ subject: 'churn_risk', churn_risk: ['high'] }, NOTHING_AROUND);
    expect(nobody.because({ contact: stranger, now: NOW, zone: 'UTC' })).toEqual({
      en: 'there is no churn risk without an order',
      es: 'sin pedidos no hay riesgo de abandono',
    });
  });

  test('a value from outside stays on one line, and is cut short', () => {
    const [en] = because('{ field: note, exists: true }');
    expect(en).toMatch(/^note is two lines and so on .*… \(asked: known\)$/);
    expect(en.length).toBeLessThan(120);
  });

  test('days are those of the contact’s own clock', () => {
    const zone = 'Pacific/Auckland'; // already the 16th there
    expect(because('{ date: today, is: monday }', ANA, zone)[0]).toBe(
      'today is monday, 2026-03-16 (asked: monday)',
    );
    expect(because('{ field: orders.last, within: 1 day }', ANA, zone)[0]).toContain(
      'orders.last is 2026-03-01',
    );
    expect(because('{ stage: decision, for: 1 day }', ANA, zone)[0]).toContain('since 2026-03-06');
  });
});
