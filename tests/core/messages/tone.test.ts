import { describe, expect, test } from 'vitest';
import { chooseTone, wordsFor } from '../../../src/core/messages/tone.ts';
import { aContact, anEvent, aProject, aStory, at, DAY } from '../../support/build.ts';

const TONE = `
voice:
  formality: { en: casual, es: tu }
moods:
  - id: upset
    when:
      any:
        - { event: complaint_opened, within: 14 days }
        - { event: survey_answered, where: { score: { at_most: 2 } }, within: 30 days }
    ends_when: { event: complaint_solved }
  - id: delighted
    when: { event: survey_answered, where: { score: { at_least: 9 } }, within: 90 days }
  - otherwise: calm_waters
tones:
  friendly: { emoji: allowed }
  calm: { formality: { es: usted } }
  brief: { falls_back_to: friendly }
  lost: { falls_back_to: lost }
rules:
  - name: { en: Somebody is upset, es: Alguien está molesto }
    when: { mood: upset }
    use: calm
    hold_back: [promotions, surveys]
  - name: Short channels
    channel: [sms, chat]
    use: brief
  - name: Strangers
    when: { stage: awareness }
    use: { tone: friendly, formality: { en: formal, es: usted } }
  - name: Happy regulars
    when: { stage: loyalty, mood: delighted }
    use: { tone: brief, formality: { es: usted } }
  - name: Regulars
    when: { stage: loyalty }
    use: { tone: calm, formality: { es: tu } }
  - otherwise: friendly
`;
const stages = `stages:
  - { id: awareness, start_here: true }
  - { id: decision, enter_when: { field: cart.value, more_than: 0 } }
  - { id: loyalty, enter_when: { field: orders.count, at_least: 2 } }
`;
const project = aProject({ tone: TONE, stages });
const NOW = at('2026-03-15T12:00');

/** The mood and tone after these events, so many days ago. */
function after(
  events: readonly (readonly [name: string, days: number, score?: number])[],
  stage = 'decision',
  channel = 'email',
) {
  const story = aStory(project);
  const list = events.map(([name, days, score]) =>
    anEvent(name, score === undefined ? {} : { score }, NOW - days * DAY),
  );
  if (list.length > 0) story.tellAfterOutage(NOW, ...list);
  const contact = { ...story.contact, stage };
  const mood = project.moods.of({ contact, now: NOW, zone: 'UTC' });
  return { mood, tone: chooseTone(project.tone, channel, contact, mood) };
}

describe('the mood', () => {
  test.each<[string, [string, number, number?][], string, number]>([
    ['is the last one where nothing happened', [], 'calm_waters', Infinity],
    ['is upset after a complaint', [['complaint_opened', 4]], 'upset', NOW + 10 * DAY],
    ['is upset after a bad answer', [['survey_answered', 4, 2]], 'upset', NOW + 26 * DAY],
    ['is better when that was long ago', [['complaint_opened', 14]], 'calm_waters', Infinity],
    [
      'is the first that holds',
      [
        ['survey_answered', 4, 10],
        ['complaint_opened', 1],
      ],
      'upset',
      NOW + 13 * DAY,
    ],
    ['is delighted after a good answer', [['survey_answered', 4, 10]], 'delighted', NOW + 86 * DAY],
    [
      'is over when the complaint is solved',
      [
        ['complaint_opened', 4],
        ['complaint_solved', 2],
      ],
      'calm_waters',
      NOW + 10 * DAY,
    ],
    [
      'is not over by something solved before',
      [
        ['complaint_solved', 5],
        ['complaint_opened', 4],
      ],
      'upset',
      NOW + 10 * DAY,
    ],
    [
      'begins again with the next complaint',
      [
        ['complaint_opened', 9],
        ['complaint_solved', 5],
        ['complaint_opened', 4],
      ],
      'upset',
      NOW + 10 * DAY,
    ],
  ])('%s', (_name, events, mood, until) => {
    expect(after(events).mood).toMatchObject({ mood, until });
    expect(after(events.toReversed()).mood).toMatchObject({ mood, until });
  });

  test('of a complaint without a window ends when it is solved, and begins again with the next', () => {
    const patient = aProject({
      stages,
      tone: TONE.replace('{ event: complaint_opened, within: 14 days }', '{ event: complaint_opened }'),
    });
    const story = aStory(patient);
    const moodAfter = (name: string, days: number): string => {
      story.tell(NOW + days * DAY, anEvent(name, {}, NOW + days * DAY));
      return patient.moods.of({ contact: story.contact, now: NOW + days * DAY, zone: 'UTC' }).mood;
    };
    expect(moodAfter('complaint_opened', 0)).toBe('upset');
    expect(moodAfter('complaint_solved', 1)).toBe('calm_waters');
    expect(moodAfter('complaint_opened', 2)).toBe('upset');
  });

  test('of a project without moods is none', () => {
    const plain = aProject();
    expect(plain.moods.of({ contact: aContact(), now: NOW, zone: 'UTC' }).mood).toBe('none');
    expect(aStory(plain).tell(NOW, anEvent('complaint_opened', {}, NOW)).messages).toEqual([]);
  });
});

describe('the tone', () => {
  test.each<[string, ReturnType<typeof after>, string, object]>([
    ['the usual', after([]), 'friendly', { en: 'casual', es: 'tu' }],
    [
      'of the first rule that fits, before the channel',
      after([['complaint_opened', 1]], 'decision', 'sms'),
      'calm',
      { en: 'casual', es: 'usted' },
    ],
    ['of the channel', after([], 'awareness', 'sms'), 'brief', { en: 'casual', es: 'tu' }],
    [
      'of the stage, with the register of the rule',
      after([], 'awareness'),
      'friendly',
      { en: 'formal', es: 'usted' },
    ],
    [
      'of stage and mood together',
      after([['survey_answered', 1, 9]], 'loyalty'),
      'brief',
      { en: 'casual', es: 'usted' },
    ],
    [
      'with the register of the rule before that of the tone',
      after([], 'loyalty'),
      'calm',
      { en: 'casual', es: 'tu' },
    ],
  ])('is %s', (_name, { tone }, id, formality) => {
    expect(tone).toMatchObject({ tone: id, formality });
  });

  test('tells its reason, with what caused the mood, in both languages', () => {
    const { tone } = after([['complaint_opened', 1]]);
    expect(tone.because.en).toMatch(
      /^Somebody is upset: mood is upset, because complaint_opened happened once within 14 days/,
    );
    expect(tone.because.es).toMatch(
      /^Alguien está molesto: el ánimo es upset, porque complaint_opened ocurrió una vez en 14 días/,
    );
    expect(tone.hold_back).toEqual(['promotions', 'surveys']);
    expect(after([]).tone).toMatchObject({ because: { en: 'the usual tone' }, hold_back: [] });
  });

  test('takes the words of the tone it falls back to, and any before none', () => {
    const words = { friendly: 'Hi', calm: 'Hello' };
    expect(wordsFor(words, 'calm', project.tone)).toBe('Hello');
    expect(wordsFor(words, 'brief', project.tone)).toBe('Hi');
    expect(wordsFor({ calm: 'Hello' }, 'brief', project.tone)).toBe('Hello');
    expect(wordsFor(words, 'lost', project.tone)).toBe('Hi');
    expect(wordsFor({}, 'calm', project.tone)).toBeUndefined();
  });
});
