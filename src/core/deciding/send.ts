import { languageOf } from '../contacts/locale.ts';
import type { Instant } from '../events/event.ts';
import { holdBack, rememberSent } from '../messages/may-send.ts';
import { heldByNotice } from '../notices/meanwhile.ts';
import { chooseTone } from '../messages/tone.ts';
import { factsAt, type Draft, type Wish } from './draft.ts';

/** Owes what the steps of this moment want to send: services first, then by the priority of the workflows. */
export function oweWishes(draft: Draft, moment: Instant): void {
  if (draft.wishes.length === 0) return;
  const wishes = draft.wishes.splice(0);
  if (wishes.length > 1) wishes.sort((a, b) => rankOf(draft, b) - rankOf(draft, a));
  for (const wish of wishes) owe(draft, wish, moment);
}

function rankOf({ project }: Draft, { workflow, message }: Wish): number {
  const isService = (project.messages[message]?.purpose ?? workflow.purpose) === 'service';
  return workflow.priority + (isService ? SERVICES_FIRST : 0);
}

const SERVICES_FIRST = 1000;

function owe(draft: Draft, { workflow, run, message, channel }: Wish, moment: Instant): void {
  const { project, contact } = draft;
  const plan = project.messages[message];
  const purpose = plan?.purpose ?? workflow.purpose;
  const facts = factsAt(draft, moment);
  const mood = project.moods.of(facts);
  const tone = chooseTone(project.tone, channel, contact, mood);
  const survey = plan?.survey ?? null;
  const sending = { purpose, survey, channel, tone, mood: mood.mood, now: moment, zone: facts.zone };
  const event = run.event?.properties ?? {};
  const held_back =
    holdBack(contact, sending, project.limits) ??
    heldByNotice(project.notices, { message, purpose, event }, moment);
  draft.messages.push({
    workflow: run.workflow,
    run: run.number,
    step: run.step,
    visit: run.visit,
    message,
    channel,
    purpose,
    owed_at: moment,
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
  contact.sent = [...sent, { at: moment, purpose }];
}
