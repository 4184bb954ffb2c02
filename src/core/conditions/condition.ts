import { z } from 'zod';
import { moodsOf, type Moods } from '../messages/mood.ts';
import { bySubject, oneOrMany } from '../schema.ts';
import { personasOf, type Personas } from '../segments/personas.ts';
import type { Question } from './answer.ts';
import { allOf, anyOf, noneOf } from './combine.ts';
import {
  churnRiskConditionSchema,
  churnRiskQuestion,
  type ChurnRiskCondition,
} from './subjects/churn-risk.ts';
import { dateConditionSchema, dateQuestion, type DateCondition } from './subjects/date.ts';
import { eventConditionSchema, eventQuestion, type EventCondition } from './subjects/event.ts';
import { fieldConditionSchema, fieldQuestion, type FieldCondition } from './subjects/field.ts';
import { messageConditionSchema, messageQuestion, type MessageCondition } from './subjects/message.ts';
import { moodConditionSchema, moodQuestion, type MoodCondition } from './subjects/mood.ts';
import { personaConditionSchema, personaQuestion, type PersonaCondition } from './subjects/persona.ts';
import { segmentConditionSchema, segmentQuestion, type SegmentCondition } from './subjects/segment.ts';
import { stageConditionSchema, stageQuestion, type StageCondition } from './subjects/stage.ts';

/** A question about a contact at a moment, as a marketer writes it. */
export type Condition =
  | ({ readonly subject: 'event' } & EventCondition)
  | ({ readonly subject: 'field' } & FieldCondition)
  | ({ readonly subject: 'stage' } & StageCondition)
  | ({ readonly subject: 'mood' } & MoodCondition)
  | ({ readonly subject: 'segment' } & SegmentCondition)
  | ({ readonly subject: 'persona' } & PersonaCondition)
  | ({ readonly subject: 'message' } & MessageCondition)
  | ({ readonly subject: 'date' } & DateCondition)
  | ({ readonly subject: 'churn_risk' } & ChurnRiskCondition)
  | { readonly subject: 'all'; readonly all: readonly Condition[] }
  | { readonly subject: 'any'; readonly any: readonly Condition[] }
  | { readonly subject: 'none'; readonly none: readonly Condition[] };

const nested = z.array(z.lazy((): z.ZodType<Condition> => conditionSchema)).min(1);

const single = bySubject('condition', {
  event: eventConditionSchema,
  field: fieldConditionSchema,
  stage: stageConditionSchema,
  mood: moodConditionSchema,
  segment: segmentConditionSchema,
  persona: personaConditionSchema,
  message: messageConditionSchema,
  date: dateConditionSchema,
  churn_risk: churnRiskConditionSchema,
  all: z.strictObject({ all: nested }),
  any: z.strictObject({ any: nested }),
  none: z.strictObject({ none: nested }),
}) as unknown as z.ZodType<Condition>;

/** One condition, or a list of which all must hold. */
export const conditionSchema: z.ZodType<Condition> = oneOrMany(single).transform((list): Condition =>
  list.length === 1 ? (list[0] as Condition) : { subject: 'all', all: list },
);

/** What conditions may refer to beyond the contact. */
export interface Conditions {
  readonly moods: Moods;
  readonly personas: Personas;
  /** The condition of a segment; undefined where there is none of that id. */
  segment(id: string): Question | undefined;
}

/** For conditions that refer to nothing beyond the contact. */
export const NOTHING_AROUND: Conditions = {
  moods: moodsOf([]),
  personas: personasOf([]),
  segment: () => undefined,
};

/** Makes a condition ready to be asked. With `scope: 'entry'` events count from the entry of the run. */
export function compileCondition(
  condition: Condition,
  around: Conditions,
  scope: 'ever' | 'entry' = 'ever',
): Question {
  const compileAll = (list: readonly Condition[]): Question[] =>
    list.map((inner) => compileCondition(inner, around, scope));
  switch (condition.subject) {
    case 'event':
      return eventQuestion(condition, scope);
    case 'field':
      return fieldQuestion(condition);
    case 'stage':
      return stageQuestion(condition);
    case 'mood':
      return moodQuestion(condition, around.moods);
    case 'segment':
      return segmentQuestion(condition, around.segment);
    case 'persona':
      return personaQuestion(condition, around.personas);
    case 'message':
      return messageQuestion(condition, scope);
    case 'date':
      return dateQuestion(condition);
    case 'churn_risk':
      return churnRiskQuestion(condition);
    case 'all':
      return allOf(compileAll(condition.all));
    case 'any':
      return anyOf(compileAll(condition.any));
    case 'none':
      return noneOf(compileAll(condition.none));
  }
}
