import { languageOf } from '../contacts/locale.ts';
import type { Instant } from '../events/event.ts';
import { holdBack, rememberSent, whenLimitsAllow } from '../messages/may-send.ts';
import { planOf } from '../messages/message.ts';
import { heldByNotice } from '../notices/meanwhile.ts';
import { chooseTone } from '../messages/tone.ts';
import { reason, type Reason } from '../reason.ts';
import { factsAt, type Draft, type Wish } from './draft.ts';

/**
 * Owes what the steps of this moment want to send: services first, then by the priority of the workflows; last what
 * another one covers.
 */
export function oweWishes(draft: Draft, moment: Instant): void {
  if (draft.wishes.length === 0) return;
  const wishes = draft.wishes.splice(0);
  if (wishes.length === 1) return wishes.forEach((wish) => owe(draft, wish, moment, null));
  wishes.sort((a, b) => rankOf(draft, b) - rankOf(draft, a));
  const covering = coveringOf(draft, wishes);
  const isCovered = ({ message }: Wish): boolean => covering.has(message);
  for (const wish of wishes) if (!isCovered(wish)) owe(draft, wish, moment, null);
  const went = new Set(
    draft.messages.flatMap((one) => (one.held_back || one.owed_at < moment ? [] : [one.message])),
  );
  for (const wish of wishes.filter(isCovered))
    owe(draft, wish, moment, covering.get(wish.message)?.find((message) => went.has(message)) ?? null);
}

/** By which others each message is covered; of two that cover each other, the first in rank. */
function coveringOf({ project }: Draft, wishes: readonly Wish[]): ReadonlyMap<string, readonly string[]> {
  const covering = new Map<string, readonly string[]>();
  for (const { message } of wishes) {
    if (covering.has(message)) continue;
    for (const covered of planOf(project.messages, message).covers)
      if (covered !== message) covering.set(covered, [...(covering.get(covered) ?? []), message]);
  }
  return covering;
}

function rankOf({ project }: Draft, { workflow, message }: Wish): number {
  const isService = (project.messages[message]?.purpose ?? workflow.purpose) === 'service';
  return workflow.priority + (isService ? SERVICES_FIRST : 0);
}

const SERVICES_FIRST = 1000;

function owe(
  draft: Draft,
  { workflow, run, message, channel }: Wish,
  moment: Instant,
  covered_by: string | null,
): void {
  const { project, contact } = draft;
  const plan = planOf(project.messages, message);
  const purpose = project.messages[message] ? plan.purpose : workflow.purpose;
  const facts = factsAt(draft, moment);
  const mood = project.moods.of(facts);
  const tone = chooseTone(project.tone, channel, contact, mood);
  const sending = { purpose, plan, channel, tone, mood: mood.mood, now: moment, zone: facts.zone };
  const event = run.event?.properties ?? {};
  const held_back =
    (covered_by === null ? null : saidBy(covered_by)) ??
    holdBack(contact, sending, project) ??
    heldByNotice(project.notices, { message, purpose, event }, moment);
  const owed_at = held_back ? moment : whenLimitsAllow(contact, sending, project);
  draft.messages.push({
    workflow: run.workflow,
    run: run.number,
    step: run.step,
    visit: run.visit,
    message,
    channel,
    purpose,
    owed_at,
    stage: contact.stage,
    language: languageOf(contact, project),
    tone: tone.tone,
    formality: tone.formality,
    because: tone.because,
    held_back,
    event,
  });
  if (held_back) return;
  const sent = rememberSent(contact.sent, project.limits, moment, facts.zone);
  contact.sent = [...sent, { at: owed_at, purpose }];
}

function saidBy(message: string): Reason {
  return reason(`${message}, which goes out now, says it too`, `${message}, que sale ahora, ya lo dice`);
}
