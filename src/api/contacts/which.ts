/** Which contacts a question means: what stands behind `?` of their list, of its CSV, and of whoever else lists them. */
import { z } from 'zod';
import type { App } from '../../app.ts';
import type { Condition } from '../../core/conditions/condition.ts';
import { storable } from '../../core/events/segment/plain-json.ts';
import { ApiProblem } from '../problem.ts';
import { checkKnown } from './known.ts';

const LONGEST_CONDITION = 8000;
const LONGEST_SEARCH = 255;

export const whichQuery = z.strictObject({
  where: z
    .string()
    .max(LONGEST_CONDITION)
    .optional()
    .describe('A condition as in the files of a project, as YAML or as JSON: `{"stage": "loyalty"}`.'),
  search: z
    .string()
    .max(LONGEST_SEARCH)
    .transform((text) => storable(text).trim())
    .optional()
    .describe('How an e-mail address, a name, or an id of yours begins.'),
  stage: z.string().optional(),
  segment: z.string().optional(),
  persona: z.string().optional(),
});

type Which = Parameters<App['contacts']['page']>[0]['which'];

/** @throws ApiProblem for what is no condition, and for what the project does not have. */
export function readWhich(
  asked: z.infer<typeof whichQuery>,
  live: ReturnType<App['live']>,
  readCondition: App['readCondition'],
): Which {
  const { where, search, stage, segment, persona } = asked;
  const stages = live.project.stages.list.map(({ id }) => id);
  const personas = live.map.personas.map(({ id }) => id);
  if (stage !== undefined) checkKnown('stage', stage, stages);
  if (segment !== undefined) checkKnown('segment', segment, Object.keys(live.segments.segments));
  if (persona !== undefined) checkKnown('persona', persona, personas);
  return {
    where:
      where === undefined || where.trim() === ''
        ? undefined
        : answerable(conditionIn(where, readCondition), live),
    search: search === '' ? undefined : search,
    ...{ stage, segment, persona },
  };
}

export function tooWide(): ApiProblem {
  return new ApiProblem(
    422,
    'question_too_wide',
    'This looks at too many contacts and events to be answered in time. Narrow it: add a stage, a segment or a persona, or shorten the time that its events may lie within.',
  );
}

function conditionIn(text: string, readCondition: App['readCondition']): Condition {
  const { condition, problems } = readCondition(text);
  // PostgreSQL's texts do not hold this sign.
  if (condition !== undefined && !JSON.stringify(condition).includes('\\u0000')) return condition;
  const sentences = problems.slice(0, MOST_TOLD).map(({ line, column, message }) => {
    return `Line ${line}, column ${column}: ${message}${message.endsWith('?') ? '' : '.'}`;
  });
  throw new ApiProblem(422, 'condition_unsound', sentences.join(' ') || UNSTORABLE, '/where');
}

/** That something was sent is told as an event only where the project asks for it: else nobody would be found. */
function answerable(condition: Condition, { project }: ReturnType<App['live']>): Condition {
  if (project.memory.by_event.has('message_sent') || !asksOfSending(condition)) return condition;
  throw new ApiProblem(
    422,
    'sending_untold',
    'This project keeps no events of messages that were sent or delivered, as none of its files asks for them. Look for the message in the list of messages, or write the condition in a segment.',
    '/where',
  );
}

function asksOfSending(condition: Condition): boolean {
  switch (condition.subject) {
    case 'message':
      return condition.was === 'sent' || condition.was === 'delivered';
    case 'all':
      return condition.all.some(asksOfSending);
    case 'any':
      return condition.any.some(asksOfSending);
    case 'none':
      return condition.none.some(asksOfSending);
    default:
      return false;
  }
}

const UNSTORABLE = 'A text of the condition holds a sign that no text here can hold.';

const MOST_TOLD = 5;
