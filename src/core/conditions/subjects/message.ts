import { z } from 'zod';
import { own } from '../../json.ts';
import { reason } from '../../reason.ts';
import { oneOrMany, type IssueHint } from '../../schema.ts';
import { durationSchema } from '../../time/duration.ts';
import { always, type Answer, type Facts, type Question } from '../answer.ts';
import { anyOf, noneOf } from '../combine.ts';
import type { Where } from '../where.ts';
import {
  eventQuestion,
  howOften,
  inEnglish,
  inSpanish,
  latestOf,
  NOT_ONCE,
  type EventCondition,
  type Wording,
} from './event.ts';

/** What can become of a message, as events tell it: `message_sent`, `message_opened`, … with the property `message`. */
export const MESSAGE_FATES = ['sent', 'delivered', 'opened', 'clicked', 'bounced', 'complained'] as const;
type Fate = (typeof MESSAGE_FATES)[number];

const counts = {
  at_least: howOften.optional(),
  at_most: howOften.optional(),
  more_than: howOften.optional(),
  less_than: howOften.optional(),
  times: howOften.optional(),
};

export const messageConditionSchema = z
  .strictObject({
    message: oneOrMany(z.string()),
    was: z.enum(MESSAGE_FATES),
    ...counts,
    within: durationSchema.optional(),
    not_within: durationSchema.optional(),
    /** Only what happened after the entry of the run counts; outside a run it means ever. */
    since: z.enum(['entry']).optional(),
  })
  .superRefine(refuseMixtures, { when: ({ issues }) => issues.length === 0 });

export type MessageCondition = z.infer<typeof messageConditionSchema>;

function refuseMixtures(written: MessageCondition, context: z.RefinementCtx): void {
  const params: IssueHint = { kind: 'misplaced_key' };
  const count = Object.keys(counts).find((key) => written[key as keyof MessageCondition] !== undefined);
  const beside = written.not_within ? (count ?? (written.within && 'within')) : undefined;
  if (beside !== undefined) {
    context.addIssue({ code: 'custom', path: [beside], message: NOT_ONCE, params });
  } else if (written.was === 'delivered' && count !== undefined) {
    const message = `a message was delivered or not; for "${count}" ask how often it "was: sent"`;
    context.addIssue({ code: 'custom', path: [count], message, params });
  }
}

/** Asks what became of messages, by the events that tell of it. Opens and clicks by machines never count. */
export function messageQuestion(condition: MessageCondition, asked: 'ever' | 'entry'): Question {
  const { message, was, ...limits } = condition;
  if (was === 'delivered') return deliveredQuestion(condition, asked);
  const event: EventCondition = { ...limits, event: [`message_${was}`], where: whereOf(message, was) };
  return eventQuestion(event, asked, wordingOf(message, was));
}

function whereOf(message: readonly string[], fate: Fate): Where {
  const [only, ...others] = message.toSorted();
  const isOneOf = { message: others.length === 0 ? (only ?? '') : { in: message.toSorted() } };
  const byPeople = fate === 'opened' || fate === 'clicked';
  return byPeople ? { ...isOneOf, machine: { is_not: true } } : isOneOf;
}

/** One of several is enough; each of them is looked at by itself. */
function deliveredQuestion(condition: MessageCondition, asked: 'ever' | 'entry'): Question {
  const { message, within, not_within, since } = condition;
  const scope = not_within ? 'ever' : asked;
  const parts = message.map((id) => arrivedQuestion(id, { within: within ?? not_within, since }, scope));
  return not_within ? noneOf(parts) : anyOf(parts);
}

/** What was sent counts as delivered unless it came back afterwards. */
function arrivedQuestion(
  id: string,
  limits: Pick<MessageCondition, 'within' | 'since'>,
  asked: 'ever' | 'entry',
): Question {
  const handed: EventCondition = {
    ...limits,
    event: ['message_sent', 'message_delivered'],
    where: whereOf([id], 'sent'),
  };
  const latest = latestOf(handed);
  const bounce = latestOf({ event: ['message_bounced'], where: whereOf([id], 'bounced') });
  const sent = eventQuestion(handed, asked, wordingOf([id], 'delivered'));
  const cameBack = ({ contact: { profile } }: Facts): boolean =>
    lastOf(profile.memory, bounce.key) > lastOf(profile.memory, latest.key);
  return {
    answer: (facts): Answer => (cameBack(facts) ? always(false) : sent.answer(facts)),
    because: (facts) =>
      cameBack(facts) ? reason(`${id} was sent and bounced`, `${id} se envió y rebotó`) : sent.because(facts),
    memory: [...sent.memory, latest, bounce],
    looks_at: 0,
  };
}

function lastOf(memory: Facts['contact']['profile']['memory'], key: string): number {
  return own(memory, key)?.times.at(-1) ?? -Infinity;
}

function wordingOf(message: readonly string[], fate: Fate): Wording {
  const name = message.join(' / ');
  const { en, es } = WORDS[fate];
  return {
    did: (count) =>
      fate === 'delivered'
        ? reason(`${name} was delivered`, `${name} se entregó`)
        : reason(`${name} ${en[0]} ${inEnglish(count)}`, `${name} ${es} ${inSpanish(count)}`),
    did_not: reason(`${name} ${en[1]}`, `${name} no ${es}`),
    never: reason(`${name} ${en[2]}`, `${name} nunca ${es}`),
  };
}

/** That it happened, did not, never did; in Spanish the verb alone. */
const WORDS: Readonly<Record<Fate, { en: readonly [string, string, string]; es: string }>> = {
  sent: { en: ['was sent', 'was not sent', 'was never sent'], es: 'se envió' },
  delivered: { en: ['was delivered', 'was not delivered', 'was never delivered'], es: 'se entregó' },
  opened: { en: ['was opened', 'was not opened', 'was never opened'], es: 'se abrió' },
  clicked: { en: ['was clicked', 'was not clicked', 'was never clicked'], es: 'se pulsó' },
  bounced: { en: ['bounced', 'did not bounce', 'never bounced'], es: 'rebotó' },
  complained: {
    en: ['was marked as spam', 'was not marked as spam', 'was never marked as spam'],
    es: 'se marcó como correo no deseado',
  },
};
