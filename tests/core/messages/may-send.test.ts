import { describe, expect, test } from 'vitest';
import type { Message } from '../../../src/core/messages/message.ts';
import { loadProject } from '../../../src/project/load.ts';
import { formatProblem } from '../../../src/project/problem.ts';
import { atSending } from '../../../src/simulate/at-sending.ts';
import { aContact, anEvent, aProject, aStory, at, DAY, HOUR, projectFiles } from '../../support/build.ts';

const START = at('2026-03-02T12:00');
const workflows = {
  promote: 'enter_when: { event: sale }\nre_enter: always\nsteps: [{ send_email: offer }]',
  serve: 'enter_when: { event: paid }\nre_enter: always\npurpose: service\nsteps: [{ send_email: receipt }]',
};
const settings = 'limits: { promotions: { messages: 3, per: 7 days }, any: { messages: 2, per: 1 day } }';
const parts = { workflows, services: ['receipt'] };
const limited = aProject({ ...parts, settings });
const free = aProject(parts);

/** What became of one message per event, each at its hour. */
function outcomes(
  project: typeof limited,
  events: readonly (readonly [string, number])[],
  contact = aContact(),
) {
  const story = aStory(project, contact);
  return events.map(([name, hour]) => {
    const { messages } = story.tell(START + hour * HOUR, anEvent(name, {}, START + hour * HOUR));
    return messages[0]?.held_back?.en ?? `sent as ${messages[0]?.purpose}`;
  });
}

describe('consent', () => {
  test.each([
    ['never given holds promotions back', [], 'never allowed promotions by email'],
    ['given lets them go', ['consent_given'], 'sent as promotion'],
    ['taken back holds them back', ['consent_given', 'unsubscribed'], 'said no to promotions by email'],
  ])('%s', (_name, said, outcome) => {
    const story = aStory(free, aContact({ consent: [] }));
    said.forEach((name, hour) => story.tell(START + hour, anEvent(name, {}, START + hour)));
    expect(outcomes(free, [['sale', 9]], story.contact)).toEqual([outcome]);
  });

  test('is not asked for service messages', () => {
    expect(outcomes(free, [['paid', 0]], aContact({ consent: [] }))).toEqual(['sent as service']);
  });

  test('for one channel is none for another', () => {
    expect(outcomes(free, [['sale', 0]], aContact({ consent: ['sms'] }))).toEqual([
      'never allowed promotions by email',
    ]);
  });
});

describe('an address', () => {
  test.each([[''], [null], [7]])('%j is none, and even a service message cannot go', (email) => {
    expect(outcomes(free, [['paid', 0]], aContact({ fields: { email } }))).toEqual([
      'no email address is known',
    ]);
  });
});

describe('limits', () => {
  test('let three promotions within seven days go, and then the next when the first is seven days old', () => {
    const hours = [0, 26, 52, 78, 167, 168].map((hour) => ['sale', hour] as const);
    expect(outcomes(limited, hours)).toEqual([
      'sent as promotion',
      'sent as promotion',
      'sent as promotion',
      'already 3 promotions within 7 days',
      'already 3 promotions within 7 days',
      'sent as promotion',
    ]);
  });

  test('let two of any kind within a day go; service messages count and always pass', () => {
    const events = [
      ['paid', 0],
      ['paid', 1],
      ['sale', 2],
      ['paid', 3],
      ['sale', 24],
      ['sale', 25],
    ] as const;
    expect(outcomes(limited, events)).toEqual([
      'sent as service',
      'sent as service',
      'already 2 messages within 1 day',
      'sent as service',
      'already 2 messages within 1 day', // of one hour and of three hours
      'sent as promotion',
    ]);
  });

  test('do not count what was held back', () => {
    const sales = Array.from({ length: 40 }, (_, hour) => ['sale', hour * 4] as const);
    const sent = outcomes(limited, sales).filter((outcome) => outcome === 'sent as promotion');
    expect(sent).toHaveLength(3);
  });

  test('count days by the calendar of the contact', () => {
    const one = aProject({ ...parts, settings: 'limits: { any: { messages: 1, per: 1 day } }' });
    const madrid = aContact({ fields: { time_zone: 'Europe/Madrid' } });
    const before = (at('2026-03-28T12:00') - START) / HOUR; // the clocks go forward in the night after
    expect(
      outcomes(
        one,
        [
          ['sale', before],
          ['sale', before + 23],
        ],
        madrid,
      ),
    ).toEqual(['sent as promotion', 'sent as promotion']);
  });

  test('keep no more marks than they need', () => {
    const story = aStory(limited);
    for (let day = 0; day < 60; day++) story.tell(START + day * DAY, anEvent('paid', {}, START + day * DAY));
    expect(story.contact.sent.length).toBeLessThanOrEqual(8);
    const unlimited = aStory(free);
    for (let day = 0; day < 60; day++)
      unlimited.tell(START + day * DAY, anEvent('paid', {}, START + day * DAY));
    // A week's: somebody may yet ask for fewer.
    expect(unlimited.contact.sent.length).toBeLessThanOrEqual(8);
  });

  test('that are not written hold nothing back', () => {
    const hours = Array.from({ length: 10 }, (_, hour) => ['sale', hour] as const);
    expect(new Set(outcomes(free, hours))).toEqual(new Set(['sent as promotion']));
  });
});

describe('tone', () => {
  const tone = `moods:
  - { id: upset, when: { event: complaint_opened, within: 14 days } }
  - otherwise: calm
tones:
  plain: {}
rules:
  - { name: Somebody is upset, when: { mood: upset }, use: plain, hold_back: [promotions] }
  - otherwise: plain
`;

  test('holds promotions back from people who are upset, and tells why; services pass', () => {
    const events = [
      ['complaint_opened', 0],
      ['sale', 1],
      ['paid', 2],
      ['sale', 14 * 24],
    ] as const;
    expect(outcomes(aProject({ ...parts, tone }), events).slice(1)).toEqual([
      'promotions are held back while mood is upset (Somebody is upset: mood is upset, because complaint_opened happened once within 14 days)',
      'sent as service',
      'sent as promotion',
    ]);
  });
});

describe('a message', () => {
  test('is in the contact’s language where the project speaks it, else in the first', () => {
    const languages = (language: string) => {
      const story = aStory(free, aContact({ fields: { language } }));
      return story.tell(START, anEvent('paid', {}, START)).messages.map((message) => message.language);
    };
    expect([languages('en'), languages('es'), languages('')]).toEqual([['en'], ['en'], ['en']]);
  });

  test('keeps the stage, the moment and the channel', () => {
    const story = aStory(free);
    expect(story.tell(START, anEvent('paid', {}, START)).messages).toMatchObject([
      { stage: 'awareness', owed_at: START, channel: 'email', workflow: 'serve', message: 'receipt' },
    ]);
  });
});

/** The project with lines added to the file of one message. */
function withPlan(message: string, lines: string, more: Parameters<typeof aProject>[0] = {}) {
  const files = projectFiles({ ...parts, ...more });
  const path = `templates/${message}/message.yaml`;
  const { loaded, problems } = loadProject({ ...files, [path]: `${files[path]}${lines}\n` }, [], {
    trusted: true,
  });
  if (!loaded) throw new Error(problems.map(formatProblem).join('\n'));
  return loaded.project;
}

describe('a message for some stages', () => {
  const stages = `stages:
  - { id: awareness, start_here: true }
  - { id: experience, enter_when: { event: bought } }
`;
  const project = withPlan('offer', 'for_stages: [awareness]', { stages });

  test('is not for whoever has moved on, nor for whoever moves on before it leaves', () => {
    expect(
      outcomes(project, [
        ['sale', 0],
        ['bought', 1],
        ['sale', 2],
      ] as const),
    ).toEqual([
      'sent as promotion',
      'sent as undefined',
      'it is for people in awareness, and the contact is in experience',
    ]);
    const contact = aContact({ stage: 'experience' });
    const owed = aStory(project).tell(START, anEvent('sale', {}, START)).messages[0] as Message;
    expect(atSending(owed, aContact(), project).held_back).toBeNull();
    expect(atSending(owed, contact, project).held_back?.en).toContain('it is for people in awareness');
  });
});

describe('a message that waits where limits leave no room', () => {
  const project = withPlan('offer', 'over_limit: wait', { settings });

  test('goes when they do, one behind the other, and never more than they allow', () => {
    const story = aStory(project);
    const owed = Array.from({ length: 8 }, (_, hour) => {
      const at_hour = START + hour * HOUR;
      return story.tell(at_hour, anEvent('sale', {}, at_hour)).messages[0] as Message;
    });
    expect(owed.map(({ held_back }) => held_back)).toEqual(owed.map(() => null));
    const hours = owed.map(({ owed_at }) => (owed_at - START) / HOUR);
    // Two a day, three a week.
    expect(hours).toEqual([0, 1, 24, 168, 169, 192, 336, 337]);
  });
});

describe('of two messages of one moment', () => {
  const two = {
    workflows: {
      promote: 'enter_when: { event: sale }\nre_enter: always\nsteps: [{ send_email: offer }]',
      remind:
        'enter_when: { event: sale }\nre_enter: always\npriority: high\nsteps: [{ send_email: reminder }]',
    },
  };
  const said = (project: typeof free, contact = aContact()): unknown =>
    aStory(project, contact)
      .tell(START, anEvent('sale', {}, START))
      .messages.map(({ message, held_back }) => [message, held_back?.en ?? 'sent']);

  test('the covered one is left out, whichever has priority', () => {
    expect(said(withPlan('offer', 'covers: [reminder]', two))).toEqual([
      ['offer', 'sent'],
      ['reminder', 'offer, which goes out now, says it too'],
    ]);
    expect(said(withPlan('offer', '', two))).toEqual([
      ['reminder', 'sent'],
      ['offer', 'sent'],
    ]);
  });

  test('the covered one goes where the other is held back', () => {
    const project = withPlan('offer', 'covers: [reminder]\nfor_stages: [loyalty]', {
      ...two,
      stages:
        'stages:\n  - { id: awareness, start_here: true }\n  - { id: loyalty, enter_when: { event: never } }\n',
    });
    expect(said(project)).toEqual([
      ['offer', 'it is for people in loyalty, and the contact is in awareness'],
      ['reminder', 'sent'],
    ]);
  });
});
