/** One contact's life in virtual time: at the same moments, and with the same outcome, as the engine under a moved clock. */
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/events/event.ts';
import { EndlessMoment, live, type Life } from '../../src/simulate/live.ts';
import { aContact, anEvent, aProject, aStory, at } from '../support/build.ts';

const REMINDERS = {
  hours:
    'calendars:\n  sending: { title: Sending, open: { weekdays: 09:00-20:00, weekends: 10:00-18:00 } }\n',
  workflows: {
    cart: `
enter_when: { event: product_added }
re_enter: always
exit_when: { event: order_completed }
steps:
  - wait: 1 hour
  - wait_until: { hours: sending }
  - send_email: reminder_1
  - wait: 1 day
  - send_email: reminder_2
`,
  },
};

const cart = (when: string): Event => anEvent('product_added', { product_id: 's1', price: 10 }, when);

function sentIn({ messages }: Life): string[] {
  return messages.map(({ message }) => {
    const held = message.held_back ? ` (${message.held_back.en})` : '';
    return `${new Date(message.owed_at).toISOString().slice(0, 16)} ${message.message}${held}`;
  });
}

describe('A life in virtual time', () => {
  test('comes to the same messages as a contact who is woken whenever something is due', () => {
    const project = aProject(REMINDERS);
    const events = [
      cart('2026-01-05T07:00'),
      cart('2026-01-09T22:30'),
      anEvent('order_completed', {}, '2026-01-10T12:00'),
    ];
    const story = aStory(project);
    for (const event of events) story.tell(event.occurred_at, event);
    story.tell('2026-02-01T00:00');
    const life = live(aContact(), events, project, { until: at('2026-02-01T00:00') });
    expect(sentIn(life)).toEqual(story.messages);
    expect(sentIn(life)).toEqual([
      '2026-01-05T08:00 reminder_1',
      '2026-01-06T08:00 reminder_2',
      '2026-01-10T09:00 reminder_1', // a Saturday in Madrid
    ]);
    expect(life.runs.map(({ outcome }) => outcome)).toEqual(['completed', 'exited']);
    expect(life.contact).toEqual(story.contact);
  });

  test('ends at the moment that was asked for, and no millisecond later', () => {
    const project = aProject(REMINDERS);
    const until = at('2026-01-05T10:00');
    const events = [cart('2026-01-05T09:00')];
    expect(sentIn(live(aContact(), events, project, { until }))).toHaveLength(1);
    expect(sentIn(live(aContact(), events, project, { until: until - 1 }))).toHaveLength(0);
  });

  test('takes events in the order in which they occurred, however they are handed over', () => {
    const project = aProject(REMINDERS);
    const events = [anEvent('order_completed', {}, '2026-01-05T09:30'), cart('2026-01-05T09:00')];
    const life = live(aContact(), events, project, { until: at('2026-02-01T00:00') });
    expect(sentIn(life)).toEqual([]);
    expect(life.runs.map(({ outcome }) => outcome)).toEqual(['exited']);
  });

  test('starts nothing for what came before the project went live, and knows it all the same', () => {
    const project = aProject({
      ...REMINDERS,
      stages:
        'stages:\n  - { id: awareness, start_here: true }\n  - { id: decision, enter_when: { field: cart.value, more_than: 0 } }\n',
    });
    const events = [cart('2026-01-05T08:30'), cart('2026-01-06T12:00')];
    const from = at('2026-01-05T08:45');
    const life = live(aContact(), events, project, { from, until: at('2026-02-01T00:00') });
    expect(life.contact.stage).toBe('decision');
    expect(life.contact.stage_since).toBe(at('2026-01-05T08:30'));
    expect(life.moves).toEqual([]);
    expect(sentIn(life)).toEqual(['2026-01-06T13:00 reminder_1', '2026-01-07T13:00 reminder_2']);
  });

  test('holds back at the moment of sending what no single recipient can get', () => {
    const project = aProject(REMINDERS);
    const contact = aContact({ fields: { email: 'ana@example.com, luis@example.com' } });
    const life = live(contact, [cart('2026-01-05T09:00')], project, { until: at('2026-01-05T12:00') });
    expect(sentIn(life)).toEqual([
      '2026-01-05T10:00 reminder_1 (there is no address that one recipient alone can have)',
    ]);
  });

  test('tells of what was sent where the project asks for it, and of nothing that was held back', () => {
    const project = aProject({
      workflows: {
        first: 'enter_when: { event: product_added }\nsteps:\n  - send_email: hello\n',
        second: 'enter_when: { message: hello, was: sent }\nsteps:\n  - send_email: more\n',
      },
    });
    const until = at('2026-01-05T12:00');
    const known = live(aContact(), [cart('2026-01-05T09:00')], project, { until });
    expect(sentIn(known)).toEqual(['2026-01-05T09:00 hello', '2026-01-05T09:00 more']);
    const unknown = live(aContact({ consent: [] }), [cart('2026-01-05T09:00')], project, { until });
    expect(unknown.messages.map(({ message }) => message.message)).toEqual(['hello']);
  });

  test('hears of the contact after each decision', () => {
    const seen: number[] = [];
    const onDecided = (_contact: unknown, when: number): void => void seen.push(when);
    live(aContact(), [cart('2026-01-05T09:00')], aProject(REMINDERS), {
      until: at('2026-01-05T12:00'),
      onDecided,
    });
    expect(seen[0]).toBe(at('2026-01-05T09:00'));
    expect(seen).toContain(at('2026-01-05T10:00'));
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  test('says so where the workflows set each other going without an end', () => {
    const project = aProject({
      services: ['hello'],
      workflows: {
        echo: `
enter_when: { event: message_sent, where: { message: hello } }
only_if: { message: hello, was: sent }
re_enter: always
steps:
  - send_email: hello
`,
      },
    });
    const message = anEvent('message_sent', { message: 'hello' }, '2026-01-05T09:00');
    const lived = (): Life => live(aContact(), [message], project, { until: at('2026-01-05T12:00') });
    expect(lived).toThrow(EndlessMoment);
  });
});
