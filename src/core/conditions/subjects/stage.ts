import { z } from 'zod';
import type { Contact } from '../../contacts/contact.ts';
import type { Instant } from '../../events/event.ts';
import { reason, type Reason } from '../../reason.ts';
import { oneOrMany } from '../../schema.ts';
import { durationSchema, durationWords, exactMilliseconds } from '../../time/duration.ts';
import { localDate } from '../../time/zone.ts';
import { always, LOOKS, type Answer, type Facts, type Question } from '../answer.ts';

export const stageConditionSchema = z
  .strictObject({
    stage: oneOrMany(z.string()),
    /** Has stood there for at least so long. */
    for: durationSchema.optional(),
    /** Stands there or has stood there at some time; with `within`, at some time within that. */
    was: z.enum(['ever']).optional(),
    within: durationSchema.optional(),
  })
  .refine(({ for: long, was }) => long === undefined || was === undefined, {
    error: '"for" asks of the stage now and "was" of an earlier one; write two conditions',
  })
  .refine(({ was, within }) => within === undefined || was !== undefined, {
    error: '"within" belongs to "was: ever"; for how long somebody stands in a stage is asked with "for"',
  });
export type StageCondition = z.infer<typeof stageConditionSchema>;

/** Whether the contact stands, or stood, in one of these stages. */
export function stageQuestion(condition: StageCondition): Question {
  return {
    answer: condition.was ? wasThere(condition) : standsThere(condition),
    because: (facts) => explain(condition, facts),
    memory: [],
    looks_at: LOOKS.stage,
  };
}

function standsThere({ stage, for: long }: StageCondition) {
  const width = long ? exactMilliseconds(long) : -Infinity;
  return ({ contact, now }: Facts): Answer => {
    if (!stage.includes(contact.stage)) return always(false);
    const ripe = contact.stage_since + width;
    return ripe > now ? { holds: false, until: ripe } : always(true);
  };
}

function wasThere({ stage, within }: StageCondition) {
  const width = within ? exactMilliseconds(within) : Infinity;
  return ({ contact, now }: Facts): Answer => {
    if (stage.includes(contact.stage)) return always(true);
    const left = lastIn(stage, contact)?.left;
    if (left === undefined) return always(false);
    return left + width > now ? { holds: true, until: left + width } : always(false);
  };
}

function explain(condition: StageCondition, facts: Facts): Reason {
  const { stage, for: long } = condition;
  const { contact, zone } = facts;
  if (condition.was && !stage.includes(contact.stage)) return explainPast(condition, facts);
  if (!long) return reason(`the stage is ${contact.stage}`, `la etapa es ${contact.stage}`);
  const since = localDate(contact.stage_since, zone);
  return reason(
    `the stage is ${contact.stage} since ${since} (asked: for ${durationWords(long, 'en')})`,
    `la etapa es ${contact.stage} desde el ${since} (se pide: durante ${durationWords(long, 'es')})`,
  );
}

function explainPast({ stage, within }: StageCondition, { contact, zone }: Facts): Reason {
  const last = lastIn(stage, contact);
  const names = stage.join(' / ');
  if (last === undefined) return reason(`was never in stage ${names}`, `nunca estuvo en la etapa ${names}`);
  const { id, left } = last;
  const asked = within
    ? reason(
        ` (asked: within ${durationWords(within, 'en')})`,
        ` (se pide: hace menos de ${durationWords(within, 'es')})`,
      )
    : reason('', '');
  return reason(
    `was in stage ${id} until ${localDate(left, zone)}${asked.en}`,
    `estuvo en la etapa ${id} hasta el ${localDate(left, zone)}${asked.es}`,
  );
}

/** Which of the stages was left last, and when; undefined when the contact stood in none. */
function lastIn(
  stages: readonly string[],
  { stages_left }: Contact,
): { id: string; left: Instant } | undefined {
  const known = stages.filter((id) => Object.hasOwn(stages_left, id));
  const ended = known.map((id) => ({ id, left: stages_left[id] as Instant }));
  return ended.sort((a, b) => b.left - a.left)[0];
}
