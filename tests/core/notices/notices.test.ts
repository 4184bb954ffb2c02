/** Notices of hours.yaml: when they are on, whom they are told, what rests meanwhile, what is shown. */
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../src/core/notices/notice.ts';
import { notesShownAt, noticeWords } from '../../../src/core/notices/words.ts';
import type { Project } from '../../../src/core/project.ts';
import { loadProject, type GoingLive } from '../../../src/project/load.ts';
import { formatProblem } from '../../../src/project/problem.ts';
import { aContact, anEvent, aStory, at, DAY, projectFiles, type Story } from '../../support/build.ts';

const SUPPORT = `  support:
    title: Customer service
    open: { weekdays: '09:00-14:00, 16:00-19:00', saturday: '10:00-14:00' }
    special_days:
      - { from: 2026-12-24, hours: '09:00-13:00', name: { en: Christmas Eve, es: Nochebuena } }
      - { from: 2026-12-25, hours: closed, name: { en: Christmas, es: Navidad } }
      - { from: 2026-12-27, hours: closed, name: Sunday }
      - { from: 2026-12-28, to: 2026-12-30, hours: closed, name: { en: stocktaking, es: inventario } }
`;
const SEGMENTS = `segments:
  buyers: { when: { event: order_completed, within: 30 days } }
`;
const HOLIDAY = `  - id: holiday_hours
    calendar: support
    tell: { segment: buyers, by: email, template: told, when: 3 days before, at: '10:00' }
    show_in: [email_footer]
    show_from: 7 days before
    text: { en: '{{name}}: on {{date}} we are {{hours}}. Back on {{next_open}}.', es: '{{name}}: el {{date}}, {{hours}}. Volvemos el {{next_open}}.' }
`;
const STRIKE = `  - id: strike
    from: 2026-12-01
    to: 2026-12-05
    tell: { segment: buyers, template: told, when: at once }
    meanwhile: { pause: [tips], hold_back: [fast] }
`;
const OUTAGE = `  - id: outage
    tell: { segment: buyers, template: told, when: at once }
    meanwhile: { pause: tips, hold_back: promotions }
`;
const TIPS = `enter_when: { event: page_viewed }
steps:
  - wait: 1 day
  - send_email: tip
  - wait: 1 day
  - send_email: fast
`;

function filesWith(notices: string, calendars = SUPPORT): Record<string, string> {
  return {
    ...projectFiles({
      hours: `calendars:\n${calendars}notices:\n${notices}`,
      segments: SEGMENTS,
      workflows: { tips: TIPS, spare: 'enter_when: manual\nsteps:\n  - send_email: told\n' },
      services: ['told'],
    }),
  };
}

function projectWith(notices: string, going_live: GoingLive = {}): Project {
  const { loaded, problems } = loadProject(filesWith(notices), [], { trusted: true, ...going_live });
  if (!loaded) throw new Error(problems.map(formatProblem).join('\n'));
  return loaded.project;
}

function problemsOf(notices: string): readonly string[] {
  const { problems } = loadProject(filesWith(notices), [], { trusted: true });
  return problems.map(({ line, message }) => `${line}: ${message}`);
}

const incident = (started: string, ended: string | null = null, until: string | null = null): Incident => ({
  notice: 'outage',
  started_at: at(started),
  ended_at: ended === null ? null : at(ended),
  until: until === null ? null : at(until),
});

const bought = (when: string) => anEvent('order_completed', { order_id: when, total: 5 }, when);

describe('what stands in the file', () => {
  it('names ids that are not there, with what was probably meant', () => {
    const wrong = `  - id: a
    calendar: suport
    tell: { segment: buyer, template: tolled, when: at once }
    meanwhile: { pause: [tip], hold_back: [fats, promotions] }
`;
    expect(problemsOf(wrong)).toEqual([
      '13: there is no calendar called "suport"; did you mean "support"?',
      '14: there is no segment called "buyer"; did you mean "buyers"?',
      '14: there is no message called "tolled"; did you mean "told"?',
      '15: there is no workflow called "tip"; did you mean "tips"?',
      '15: there is no message called "fats"; did you mean "fast"?',
    ]);
  });

  it.each([
    ['show_it: [chat]', '"show_it" does not belong here; did you mean "show_in"?'],
    ['show_in: [footer]', 'did you mean "email_footer"'],
    ["show_in: chat\n    text: 'On {{dates}}'", 'knows no {{dates}}; did you mean "date"?'],
    ["show_in: chat\n    text: '{{hours}}'", 'a notice without a calendar knows no {{hours}}'],
    ['show_in: chat', 'what is shown needs a "text"'],
    [
      'from: 2026-12-02\n    to: 2026-12-01\n    meanwhile: { pause: tips }',
      'before it begins on 2026-12-02',
    ],
    ['to: 2026-12-01\n    meanwhile: { pause: tips }', '"to" needs "from"'],
    ['from: 2026-12-01', 'this notice does nothing'],
    ['calendar: support\n    from: 2026-12-01\n    meanwhile: { pause: tips }', 'leave one of them out'],
    ['tell: { segment: buyers, template: told, when: 3 days before }', 'can only be told "at once"'],
    ['tell: { segment: buyers, template: told, when: 3 hours before }', 'write it like "3 days before"'],
    ['tell: { segment: buyers, template: told, when: at once, at: 25:00 }', 'is not a time of day'],
  ])('tells the mend of %s', (keys, mend) => {
    expect(problemsOf(`  - id: a\n    ${keys}\n`).join('\n')).toContain(mend);
  });

  it('gives each notice an id of its own', () => {
    const twice = '  - { id: a, from: 2026-12-01, meanwhile: { pause: tips } }\n';
    expect(problemsOf(twice + twice).join()).toContain('another notice has the id "a" already');
  });
});

describe('the times of a calendar', () => {
  const [notice] = projectWith(HOLIDAY).notices;

  it('joins closed days, over days that are closed anyway, and leaves out what is as always', () => {
    expect(notice?.occurrences.map(({ key, from, to }) => [key, iso(from), iso(to)])).toEqual([
      ['2026-12-24', '2026-12-23T23:00', '2026-12-24T23:00'],
      ['2026-12-25', '2026-12-24T23:00', '2026-12-25T23:00'],
      ['2026-12-28', '2026-12-27T23:00', '2026-12-30T23:00'],
    ]);
  });

  it('joins two holidays on both sides of a Sunday', () => {
    const around = `  shop:
    title: Shop
    open: { weekdays: '09:00-14:00', saturday: '10:00-14:00' }
    special_days:
      - { from: 2026-08-15, hours: closed, name: { en: Assumption, es: Asunción } }
      - { from: 2026-08-17, hours: closed, name: Town }
`;
    const files = filesWith(HOLIDAY.replace('support', 'shop'), SUPPORT + around);
    const { loaded } = loadProject(files, [], { trusted: true });
    const [one, ...others] = loaded?.project.notices[0]?.occurrences ?? [];
    expect(others).toEqual([]);
    expect(one).toMatchObject({ key: '2026-08-15', name: { en: 'Assumption, Town', es: 'Asunción, Town' } });
    expect(one && one.to - one.from).toBe(3 * DAY);
  });

  it('are told in the words of each language', () => {
    const words = (occurrence: string, language: string): string =>
      noticeWords(projectWith(HOLIDAY).notices, { notice: 'holiday_hours', occurrence }, language, 0)?.text ??
      '';
    expect(words('2026-12-24', 'en')).toBe(
      'Christmas Eve: on Thursday 24 December we are open from 09:00 to 13:00. Back on Saturday 26 December at 10:00.',
    );
    expect(words('2026-12-28', 'es')).toBe(
      'inventario: el 28–30 de diciembre, cerrado. Volvemos el jueves 31 de diciembre a las 09:00.',
    );
  });

  it('that reach over two months, or years, name both', () => {
    const over = STRIKE.replace('2026-12-01', '2026-12-30').replace('2026-12-05', '2028-12-02');
    const { notices } = projectWith(over);
    const date = (language: string): string | undefined =>
      noticeWords(notices, { notice: 'strike', occurrence: '2026-12-30' }, language, 0)?.date;
    expect(date('en')).toBe('30 December – 2 December');
  });

  it('are shown from some days before until their end', () => {
    const shown = (when: string): number =>
      notesShownAt(projectWith(HOLIDAY), at(when), 'email_footer', 'en').length;
    expect(shown('2026-12-16T22:59')).toBe(0);
    expect(shown('2026-12-16T23:00')).toBe(1);
    expect(shown('2026-12-30T22:59')).toBe(1);
    expect(shown('2026-12-30T23:00')).toBe(0);
    expect(notesShownAt(projectWith(HOLIDAY), at('2026-12-20T12:00'), 'chat', 'en')).toEqual([]);
  });
});

describe('telling it some days before', () => {
  it('writes to the segment at that hour where the contact is, once for each time', () => {
    const story = aStory(projectWith(HOLIDAY), aContact({ fields: { time_zone: 'America/Mexico_City' } }));
    story.tell('2026-12-10T12:00', bought('2026-12-10T12:00'));
    story.tell('2027-01-10T12:00');
    expect(story.messages).toEqual([
      '2026-12-21T16:00 told',
      '2026-12-22T16:00 told',
      '2026-12-25T16:00 told',
    ]);
    expect(story.runs.map(({ workflow, key, event }) => [workflow, key, event?.properties])).toContainEqual([
      'notice:holiday_hours',
      '2026-12-25',
      { notice: 'holiday_hours', occurrence: '2026-12-25' },
    ]);
  });

  it('writes to nobody outside the segment', () => {
    const story = aStory(projectWith(HOLIDAY));
    story.tell('2026-12-10T12:00', anEvent('page_viewed', {}, '2026-12-10T12:00'));
    story.tell('2027-01-10T12:00');
    expect(story.messages.filter((one) => one.includes('told'))).toEqual([]);
  });
});

describe('telling it at once', () => {
  it('writes when it begins, and to those who come into the segment meanwhile, once', () => {
    const inside = aStory(projectWith(STRIKE));
    inside.tell('2026-11-20T12:00', bought('2026-11-20T12:00'));
    inside.tell('2026-12-03T12:00', bought('2026-12-03T12:00'));
    inside.tell('2027-01-10T12:00');
    expect(told(inside)).toEqual(['2026-11-30T23:00 told']);
    const later = aStory(projectWith(STRIKE));
    later.tell('2026-11-20T12:00', anEvent('page_viewed', {}, '2026-11-20T12:00'));
    later.tell('2026-12-03T12:00', bought('2026-12-03T12:00'));
    later.tell('2027-01-10T12:00', bought('2027-01-10T12:00'));
    expect(told(later)).toEqual(['2026-12-03T12:00 told']);
  });

  it('waits for the time of day that is written', () => {
    const story = aStory(projectWith(STRIKE.replace('at once }', "at once, at: '08:30' }")));
    story.tell('2026-11-20T12:00', bought('2026-11-20T12:00'));
    story.tell('2027-01-10T12:00');
    expect(told(story)).toEqual(['2026-12-01T07:30 told']);
  });

  it('reaches those whom a process decided by the old rules after the command', () => {
    const story = aStory(projectWith(OUTAGE));
    const { contact } = story.tell('2026-12-03T12:00', bought('2026-12-03T12:00'));
    const after = aStory(projectWith(OUTAGE, { incidents: [incident('2026-12-03T11:59:58')] }), contact);
    after.tell('2026-12-03T12:00:05');
    expect(told(after)).toEqual(['2026-12-03T12:00 told']);
  });

  it('begins again with the next command, and is over with the one that ends it', () => {
    const incidents = [incident('2026-12-03T12:00', '2026-12-03T15:00'), incident('2026-12-05T12:00')];
    const story = aStory(projectWith(OUTAGE, { incidents }));
    story.tell('2026-12-01T12:00', bought('2026-12-01T12:00'));
    story.tell('2026-12-06T12:00');
    expect(told(story)).toEqual(['2026-12-03T12:00 told', '2026-12-05T12:00 told']);
  });
});

describe('meanwhile', () => {
  const viewed = anEvent('page_viewed', {}, '2026-11-30T12:00');

  it('runs of a paused workflow wait before their next message, and go on when it ends', () => {
    const story = aStory(projectWith(STRIKE));
    story.tell('2026-11-30T12:00', viewed);
    story.tell('2026-12-05T12:00');
    expect(story.messages).toEqual([]);
    expect(story.contact.runs).toMatchObject([{ held_before: '2', due_at: at('2026-12-05T23:00') }]);
    story.tell('2026-12-08T12:00');
    expect(story.messages).toEqual(['2026-12-05T23:00 tip', '2026-12-06T23:00 fast']);
  });

  it('without an end they wait for the command, and go on at once with it', () => {
    const story = aStory(projectWith(OUTAGE, { incidents: [incident('2026-11-30T00:00')] }));
    story.tell('2026-11-30T12:00', viewed);
    const { contact } = story.tell('2026-12-05T12:00');
    expect(contact.runs).toMatchObject([{ held_before: '2', due_at: null }]);
    const ended = projectWith(OUTAGE, { incidents: [incident('2026-11-30T00:00', '2026-12-05T12:30')] });
    const on = aStory(ended, contact);
    on.tell('2026-12-05T12:31');
    expect(on.messages).toEqual(['2026-12-05T12:31 tip']);
  });

  it('a command ends what stands in the file', () => {
    const before = aStory(projectWith(STRIKE));
    before.tell('2026-11-30T12:00', viewed);
    const { contact } = before.tell('2026-12-02T12:00');
    const command: Incident = { ...incident('2026-12-02T12:00', '2026-12-02T12:00'), notice: 'strike' };
    const after = aStory(projectWith(STRIKE, { incidents: [command] }), contact);
    after.tell('2026-12-02T12:01');
    expect(after.messages).toEqual(['2026-12-02T12:01 tip']);
  });

  it('messages are held back, with the name of the notice', () => {
    const free = STRIKE.replace('pause: [tips], ', '');
    const story = aStory(projectWith(free));
    story.tell('2026-11-30T12:00', viewed);
    story.tell('2026-12-08T12:00');
    expect(story.messages).toEqual([
      '2026-12-01T12:00 tip',
      '2026-12-02T12:00 fast (held back while the notice strike is on)',
    ]);
    const all = projectWith(OUTAGE.replace('pause: tips, ', ''), {
      incidents: [incident('2026-11-30T00:00')],
    });
    const other = aStory(all);
    other.tell('2026-11-30T12:00', viewed, bought('2026-11-30T12:00'));
    other.tell('2026-12-01T13:00');
    expect(other.messages).toEqual([
      '2026-11-30T12:00 told',
      '2026-12-01T12:00 tip (held back while the notice outage is on)',
    ]);
  });
});

it('what a command does is part of the rules', () => {
  const [before, during] = [
    projectWith(OUTAGE),
    projectWith(OUTAGE, { incidents: [incident('2026-11-30T00:00')] }),
  ];
  expect(during.rules).not.toBe(before.rules);
});

function told(story: Story): readonly string[] {
  return story.messages.filter((one) => one.includes('told'));
}

function iso(instant: number): string {
  return new Date(instant).toISOString().slice(0, 16);
}
