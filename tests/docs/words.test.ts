import { describe, expect, it } from 'vitest';
import { conditionSchema } from '../../src/core/conditions/condition.ts';
import { stepListSchema } from '../../src/core/workflows/steps/index.ts';
import { triggerSchema } from '../../src/core/workflows/triggers/index.ts';
import { conditionWords } from '../../src/docs/words/condition.ts';
import { stepWords, waysOn } from '../../src/docs/words/step.ts';
import { readable } from '../../src/docs/words/template.ts';
import { triggerWords } from '../../src/docs/words/trigger.ts';

const condition = (written: unknown): [string, string] => {
  const read = conditionSchema.parse(written);
  return [conditionWords(read, 'en'), conditionWords(read, 'es')];
};

describe('conditions in words', () => {
  it.each([
    [
      { field: 'cart.value', at_least: 100 },
      "the cart's value is at least 100",
      'el valor del carrito es al menos 100',
    ],
    [{ field: 'email', exists: true }, 'email is known', 'email se conoce'],
    [{ field: 'country', in: ['ES', 'MX'] }, 'country is ES or MX', 'country es ES o MX'],
    [{ field: 'country', not_in: ['ES', 'MX'] }, 'country is not ES or MX', 'country no es ES o MX'],
    [
      { field: 'orders.last', not_within: '60 days' },
      'the last order was not in the last 60 days',
      'el último pedido no fue en el plazo de 60 días',
    ],
    [
      { event: 'product_viewed', at_least: 3, within: '14 days', where: { price: { between: [80, 150] } } },
      'product_viewed has happened at least 3 times in the last 14 days, where price is between 80 and 150',
      'product_viewed ha ocurrido al menos 3 veces en el plazo de 14 días, donde price está entre 80 y 150',
    ],
    [
      { event: 'complaint_opened', times: 0 },
      'complaint_opened has not happened',
      'complaint_opened no ha ocurrido',
    ],
    [
      { event: 'order_completed', not_within: '1 week' },
      'order_completed has not happened in the last 1 week',
      'order_completed no ha ocurrido en el plazo de 1 semana',
    ],
    [
      { event: 'order_completed', which: 'first', not_within: '30 days' },
      'the first order_completed was more than 30 days ago',
      'el primer order_completed fue hace más de 30 días',
    ],
    [
      { event: 'order_completed', sum_of: 'revenue', more_than: 200 },
      'the sum of revenue of order_completed is more than 200',
      'la suma de revenue de order_completed es más de 200',
    ],
    [
      { message: 'hello', was: 'opened', since: 'entry' },
      'the message hello was opened since entering the workflow',
      'el mensaje hello se abrió desde que entró en el flujo',
    ],
    [
      { message: 'hello', was: 'clicked', times: 0 },
      'the message hello was not clicked',
      'el mensaje hello no recibió un clic',
    ],
    [
      { message: 'hello', was: 'bounced', times: 0 },
      'the message hello has not bounced',
      'el mensaje hello no rebotó',
    ],
    [
      { stage: ['decision', 'loyalty'], for: '30 days' },
      'is in the stage “decision” or “loyalty” for at least 30 days',
      'está en la etapa «decision» o «loyalty» desde hace al menos 30 días',
    ],
    [
      { stage: 'loyalty', was: 'ever' },
      'is, or was, in the stage “loyalty”',
      'está, o estuvo, en la etapa «loyalty»',
    ],
    [{ date: 'today', is: ['saturday', 'sunday'] }, 'today is Saturday or Sunday', 'hoy es sábado o domingo'],
    [
      { date: 'birthday', every: 'year', within_next: '7 days' },
      'birthday (every year) is today or within 7 days',
      'birthday (cada año) es hoy o en menos de 7 días',
    ],
    [
      { churn_risk: ['medium', 'high'] },
      'the risk of leaving is medium or high',
      'el riesgo de abandono es medio o alto',
    ],
    [
      { none: [{ mood: 'upset' }] },
      'it is not so that the mood is “upset”',
      'no se da que el ánimo es «upset»',
    ],
    [
      [{ segment: 'readers' }, { persona: 'marta' }],
      'belongs to the segment “readers”, and the persona is “marta”',
      'pertenece al segmento «readers» y, además, la persona es «marta»',
    ],
  ])('%j', (written, en, es) => {
    expect(condition(written)).toEqual([en, es]);
  });
});

describe('triggers in words', () => {
  it.each([
    [
      { event: ['product_added', 'checkout_started'] },
      'each time product_added or checkout_started happens',
      'cada vez que ocurre product_added o checkout_started',
    ],
    [
      { enters_segment: 'silent' },
      'when somebody enters the segment “silent”',
      'cuando alguien entra en el segmento «silent»',
    ],
    [
      { date: 'birthday', every: 'year', offset: '3 days before' },
      "3 days before birthday every year at 09:00, by each person's clock",
      '3 días antes de birthday cada año a las 09:00, según el reloj de cada persona',
    ],
    [
      { every: ['1st 10:00', 'monday 18:30'], zone: 'brand' },
      'on day 1 of each month at 10:00 and every Monday at 18:30, by our own clock',
      'el día 1 de cada mes a las 10:00 y cada lunes a las 18:30, según nuestro reloj',
    ],
    [
      'manual',
      'by hand, by another system or by another workflow',
      'a mano, desde otro sistema o desde otro flujo',
    ],
  ])('%j', (written, en, es) => {
    const read = triggerSchema.parse(written);
    expect([triggerWords(read, 'en'), triggerWords(read, 'es')]).toEqual([en, es]);
  });
});

describe('steps in words', () => {
  it.each([
    [
      { wait: '1 hour', since: 'last_event' },
      'wait 1 hour (starts again with each new product_added)',
      'esperar 1 hora (vuelve a empezar con cada nuevo product_added)',
    ],
    [
      { wait_until: { hours: 'sending', spread: '15 minutes' } },
      'wait until “sending” is open, spread over 15 minutes',
      'esperar a que esté abierto «sending», repartido en 15 minutos',
    ],
    [
      { wait_until: { time: '10:00', day: ['tuesday', 'thursday'] } },
      'wait until Tuesday or Thursday at 10:00',
      'esperar hasta el martes o jueves a las 10:00',
    ],
    [
      { wait_for: { event: 'order_completed' }, up_to: '3 days' },
      'wait at most 3 days until order_completed has happened',
      'esperar como máximo 3 días hasta que se cumpla: order_completed ha ocurrido',
    ],
    [{ send_email: 'hello' }, 'send the message hello', 'enviar el mensaje hello'],
    [
      { ask: 'how', up_to: '5 days' },
      'ask with the message how, and wait at most 5 days for the answer',
      'preguntar con el mensaje how y esperar la respuesta como máximo 5 días',
    ],
    [
      { update_contact: { lost_cart: true } },
      'note about the contact: lost_cart = yes',
      'anotar en el contacto: lost_cart = sí',
    ],
    [
      { start_workflow: 'care', with: { cause: 'late' } },
      'start the workflow “care” (cause = late)',
      'iniciar el flujo «care» (cause = late)',
    ],
    [
      { tell_team: '{{default first_name "You"}} has {{money cart.value}}' },
      'tell the team: “[first_name] has [cart.value]”',
      'avisar al equipo: «[first_name] has [cart.value]»',
    ],
    [
      { call_webhook: { url: 'https://crm.example/deals?x=1' }, up_to: '6 hours' },
      'call crm.example, trying for 6 hours',
      'llamar a crm.example, intentándolo durante 6 horas',
    ],
    [{ goto: 'first' }, 'go on at first', 'continuar en first'],
    [{ exit: 'done' }, 'end: done', 'terminar: done'],
  ])('%j', (written, en, es) => {
    const [step] = stepListSchema.parse([written]);
    if (!step) throw new Error('no step');
    const words = { triggers: ['product_added'] };
    expect([stepWords(step, 'en', words), stepWords(step, 'es', words)]).toEqual([en, es]);
  });

  it('names every way on, also the one that nobody wrote', () => {
    const [branch, wait, test] = stepListSchema.parse([
      {
        branch: [
          { name: 'Big cart', when: { field: 'cart.value', at_least: 100 }, steps: [{ exit: 'big' }] },
        ],
      },
      { wait_for: { event: 'order_completed' }, up_to: '1 day', if_not: [{ exit: 'no' }] },
      { ab_test: { variants: { a: { share: 30, steps: [] }, b: { share: 70, steps: [] } } }, id: 'test' },
    ]);
    if (!branch || !wait || !test) throw new Error('no steps');
    expect(waysOn(branch, 'en').map(({ label }) => label)).toEqual(['Big cart', 'otherwise']);
    expect(waysOn(wait, 'es').map(({ label }) => label)).toEqual(['se cumplió', 'se acabó el plazo']);
    expect(waysOn(test, 'en').map(({ label }) => label)).toEqual(['a · 30 %', 'b · 70 %']);
  });
});

it('a template is read without its braces', () => {
  expect(readable('Hi{{#if first_name}} {{first_name}}{{/if}}, {{greeting}}')).toBe(
    'Hi [first_name], [greeting]',
  );
  expect(readable(undefined)).toBeUndefined();
});
