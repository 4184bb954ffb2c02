import { describe, expect, test } from 'vitest';
import { aContact, anEvent, aProject, aStory, at, DAY, HOUR } from '../../support/build.ts';

const JOURNEY = `stages:
  - { id: awareness, start_here: true, title: { en: Awareness, es: Conciencia } }
  - id: consideration
    title: { en: Consideration, es: Consideración }
    enter_when: { event: product_viewed, at_least: 3, within: 14 days }
  - id: decision
    title: { en: Decision, es: Decisión }
    enter_when: { field: cart.value, more_than: 0 }
  - id: experience
    title: { en: Experience, es: Experiencia }
    enter_when: { field: orders.count, at_least: 1 }
`;
const START = at('2026-03-01T00:00');
const view = (when: string | number) => anEvent('product_viewed', {}, when);
const add = (when: string | number) => anEvent('product_added', { product_id: 's1', price: 89 }, when);
const order = (when: string | number) => anEvent('order_completed', { order_id: 'o1', revenue: 89 }, when);

describe('the stage', () => {
  test('is the furthest whose rule holds, and stages may be skipped', () => {
    const story = aStory(aProject({ stages: JOURNEY }));
    story.tell('2026-03-01T10:00', order('2026-03-01T10:00'));
    expect(story.moves).toEqual(['2026-03-01T10:00 awareness → experience']);
    story.tell('2026-03-02T10:00', add('2026-03-02T10:00'));
    expect(story.contact.stage).toBe('experience');
  });

  test('goes back when its rule holds no more, with both reasons', () => {
    const story = aStory(aProject({ stages: JOURNEY }));
    story.tell('2026-03-01T10:00', add('2026-03-01T10:00'));
    const { moves } = story.tell(
      '2026-03-01T12:00',
      anEvent('product_removed', { product_id: 's1' }, '2026-03-01T12:00'),
    );
    expect(moves).toEqual([
      {
        from: 'decision',
        to: 'awareness',
        at: at('2026-03-01T12:00'),
        because: {
          en: 'Decision no longer fits: cart.value is 0 (asked: more than 0). Awareness does: every contact begins here',
          es: 'Decisión ya no encaja: cart.value es 0 (se pide: más de 0). Conciencia sí: todo contacto empieza aquí',
        },
      },
    ]);
  });

  test('is left exactly 14 days after the third-latest view', () => {
    const story = aStory(aProject({ stages: JOURNEY }));
    const views = ['2026-03-01T09:00', '2026-03-02T10:11', '2026-03-03T09:00', '2026-03-04T09:00'];
    for (const when of views) story.tell(when, view(when));
    expect(story.contact.stage).toBe('consideration');
    const { next_due_at } = story.tell('2026-03-04T09:00');
    expect(next_due_at).toBe(at('2026-03-02T10:11') + 14 * DAY);
    story.tell('2026-05-01T00:00');
    expect(story.moves).toEqual([
      '2026-03-03T09:00 awareness → consideration',
      '2026-03-16T10:11 consideration → awareness',
    ]);
  });

  test('asks for nothing more when time alone can change nothing', () => {
    const story = aStory(aProject({ stages: JOURNEY }));
    expect(story.tell(START, view(START)).next_due_at).toBeNull();
    expect(story.tell(START, add(START)).next_due_at).toBeNull();
  });

  test('moves in one decision each at its own moment and for its own reason', () => {
    const story = aStory(aProject({ stages: JOURNEY }));
    const events = [
      ...['2026-03-01T09:00', '2026-03-01T09:01', '2026-03-01T09:02'].map(view),
      add('2026-03-20T08:00'),
      order('2026-03-20T08:30'),
    ];
    const { moves } = story.tellAfterOutage('2026-03-25T00:00', ...events.toReversed());
    expect(moves.map(({ at: when, from, to, because }) => [when, from, to, because.en])).toEqual([
      [
        at('2026-03-01T09:02'),
        'awareness',
        'consideration',
        'product_viewed happened 3 times within 14 days',
      ],
      [
        at('2026-03-15T09:00'),
        'consideration',
        'awareness',
        'Consideration no longer fits: product_viewed happened 2 times within 14 days. Awareness does: every contact begins here',
      ],
      [at('2026-03-20T08:00'), 'awareness', 'decision', 'cart.value is 89 (asked: more than 0)'],
      [at('2026-03-20T08:30'), 'decision', 'experience', 'orders.count is 1 (asked: at least 1)'],
    ]);
    expect(story.contact.stage_since).toBe(at('2026-03-20T08:30'));
  });

  test('is reached by time alone at the very moment', () => {
    const stages = `${JOURNEY}  - { id: dormant, enter_when: { field: orders.last, not_within: 30 days } }\n`;
    const story = aStory(aProject({ stages }));
    story.tell('2026-03-01T10:00', order('2026-03-01T10:00'));
    story.tell('2026-05-01T00:00');
    expect(story.moves).toEqual([
      '2026-03-01T10:00 awareness → experience',
      '2026-03-31T10:00 experience → dormant',
    ]);
  });

  test('does not move into the past when events are told late', () => {
    const story = aStory(aProject({ stages: JOURNEY }));
    story.tell('2026-03-10T00:00', view('2026-03-10T00:00'));
    const { moves } = story.tell('2026-03-11T00:00', view('2026-03-08T00:00'), view('2026-03-09T00:00'));
    expect(moves.map((move) => move.at)).toEqual([at('2026-03-10T00:00')]);
  });
});

describe('stay_at_least', () => {
  const dwelling = JOURNEY.replace(
    'within: 14 days }',
    'within: 14 days }\n    stay_at_least: 2 days',
  ).replace('more_than: 0 }', 'more_than: 0 }\n    stay_at_least: 3 days');
  const remove = (when: string) => anEvent('product_removed', { product_id: 's1' }, when);

  test('holds going back until its time is over, to the second', () => {
    const story = aStory(aProject({ stages: dwelling }));
    story.tell('2026-03-01T10:00', add('2026-03-01T10:00'));
    story.tell('2026-03-01T11:00', remove('2026-03-01T11:00'));
    expect(story.contact.stage).toBe('decision');
    story.tell('2026-03-20T00:00');
    expect(story.moves).toEqual([
      '2026-03-01T10:00 awareness → decision',
      '2026-03-04T10:00 decision → awareness',
    ]);
    expect(story.contact.stage_since).toBe(at('2026-03-04T10:00'));
  });

  test('lets somebody stay whose rule holds again meanwhile', () => {
    const story = aStory(aProject({ stages: dwelling }));
    story.tell('2026-03-01T10:00', add('2026-03-01T10:00'));
    story.tell('2026-03-01T11:00', remove('2026-03-01T11:00'));
    story.tell('2026-03-03T11:00', add('2026-03-03T11:00'));
    story.tell('2026-03-20T00:00');
    expect(story.contact.stage).toBe('decision');
  });

  test('never holds going forward', () => {
    const story = aStory(aProject({ stages: dwelling }));
    story.tell('2026-03-01T10:00', add('2026-03-01T10:00'));
    story.tell('2026-03-01T10:05', order('2026-03-01T10:05'));
    expect(story.moves.at(-1)).toBe('2026-03-01T10:05 decision → experience');
  });

  test('counts days by the calendar of the contact', () => {
    const contact = aContact({ fields: { time_zone: 'Europe/Madrid' } });
    const story = aStory(aProject({ stages: dwelling }), contact);
    // In the night to 29 March the clocks of Madrid go forward: three days are 71 hours.
    story.tell('2026-03-27T10:00', add('2026-03-27T10:00'));
    story.tell('2026-03-27T11:00', remove('2026-03-27T11:00'));
    story.tell('2026-04-20T00:00');
    expect(story.moves.at(-1)).toBe('2026-03-30T09:00 decision → awareness');
  });
});

describe('may_go_back: false', () => {
  test('keeps everybody at the furthest stage that they reached', () => {
    const story = aStory(aProject({ stages: `may_go_back: false\n${JOURNEY}` }));
    story.tell('2026-03-01T10:00', add('2026-03-01T10:00'));
    story.tell('2026-03-01T11:00', anEvent('product_removed', { product_id: 's1' }, '2026-03-01T11:00'));
    story.tell('2026-04-01T11:00', order('2026-04-01T11:00'));
    expect(story.moves).toEqual([
      '2026-03-01T10:00 awareness → decision',
      '2026-04-01T11:00 decision → experience',
    ]);
  });
});

describe('a stage that the project no longer has', () => {
  test('is left for the one that fits', () => {
    const story = aStory(aProject({ stages: JOURNEY }), aContact({ stage: 'advocacy' }));
    story.tell(START, view(START));
    expect(story.moves).toEqual(['2026-03-01T00:00 advocacy → awareness']);
  });
});

describe('what a workflow writes', () => {
  test('moves the stage at that very moment', () => {
    const project = aProject({
      stages: `${JOURNEY}  - { id: loyalty, enter_when: { field: club, is: true } }\n`,
      workflows: {
        join: 'enter_when: { event: club_joined }\nsteps: [{ wait: 1 hour }, { update_contact: { club: true } }]',
        join_now: 'enter_when: { event: club_joined_at_once }\nsteps: [{ update_contact: { club: true } }]',
      },
    });
    for (const [name, hours] of [
      ['club_joined', 1],
      ['club_joined_at_once', 0],
    ] as const) {
      const story = aStory(project);
      story.tell(START, anEvent(name, {}, START));
      story.tell(START + DAY);
      expect(story.contact).toMatchObject({ stage: 'loyalty', stage_since: START + hours * HOUR });
    }
  });
});
