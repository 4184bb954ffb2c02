import { describe, expect, test } from 'vitest';
import type { IncomingEvent } from '../../src/core/events/event.ts';
import { gatherPeople } from '../../src/simulate/people.ts';

let told = 0;

function tracked(
  who: { user_id?: string; anonymous_id?: string },
  name: string,
  occurred_at = ++told,
): IncomingEvent {
  return {
    ...who,
    message_id: `m${++told}`,
    type: 'track',
    name,
    occurred_at,
    received_at: occurred_at,
    properties: {},
  };
}

function aliased(user_id: string, previous_id: string): IncomingEvent {
  return { ...tracked({ user_id }, 'aliased'), type: 'alias', previous_id };
}

/** `ana: viewed, bought`, in the order of their names. */
function crowd(...events: readonly IncomingEvent[]): string[] {
  return gatherPeople(events)
    .map((person) => `${person.contact_id}: ${person.events.map(({ name }) => name).join(', ')}`)
    .sort();
}

describe('People', () => {
  test('a visitor is who he turns out to be, from his first event on', () => {
    const visitor = { anonymous_id: 'a1' };
    expect(
      crowd(
        tracked(visitor, 'viewed'),
        tracked({ user_id: 'ana', ...visitor }, 'bought'),
        tracked(visitor, 'came back'),
      ),
    ).toEqual(['ana: viewed, bought, came back']);
  });

  test('a visitor whom nobody was ever known behind stays one', () => {
    expect(crowd(tracked({ anonymous_id: 'a1' }, 'viewed'), tracked({ user_id: 'ana' }, 'bought'))).toEqual([
      'ana: bought',
      'anonymous:a1: viewed',
    ]);
  });

  test('two known people on one device stay two, and the visits before belong to the first', () => {
    const device = { anonymous_id: 'a1' };
    expect(
      crowd(
        tracked(device, 'viewed'),
        tracked({ user_id: 'ana', ...device }, 'bought'),
        tracked({ user_id: 'luis', ...device }, 'bought too'),
        tracked(device, 'viewed again'),
      ),
    ).toEqual(['ana: viewed, bought, viewed again', 'luis: bought too']);
  });

  test('one person on two devices is one', () => {
    expect(
      crowd(
        tracked({ anonymous_id: 'phone' }, 'viewed'),
        tracked({ user_id: 'ana', anonymous_id: 'laptop' }, 'bought'),
        tracked({ user_id: 'ana', anonymous_id: 'phone' }, 'viewed again'),
      ),
    ).toEqual(['ana: viewed, bought, viewed again']);
  });

  test('an alias joins two known people', () => {
    expect(
      crowd(
        tracked({ user_id: 'ana' }, 'viewed'),
        tracked({ user_id: 'a.lopez' }, 'bought'),
        aliased('a.lopez', 'ana'),
      ),
    ).toEqual(['a.lopez: viewed, bought, aliased']);
  });

  test('what is delivered twice happened once', () => {
    const event = tracked({ user_id: 'ana' }, 'bought');
    expect(crowd(event, event)).toEqual(['ana: bought']);
  });

  test('events stand in the order in which they occurred', () => {
    expect(
      crowd(tracked({ user_id: 'ana' }, 'late', 2000), tracked({ user_id: 'ana' }, 'early', 1000)),
    ).toEqual(['ana: early, late']);
  });
});
