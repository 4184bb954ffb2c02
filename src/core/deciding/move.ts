import type { Event, Instant } from '../events/event.ts';
import { segmentsOf } from '../segments/segments.ts';
import { stageOf } from '../stages/stages.ts';
import { factsAt, type Draft } from './draft.ts';
import { sightsOf, stands, type Known } from './known.ts';

/** Puts the contact where the rules say: stage, segments, persona. Answers until when time alone changes none of each. */
export function moveContact(draft: Draft, moment: Instant, event?: Event): Pick<Known, Part> {
  const { stage, segments, persona } = draft.known;
  return {
    stage: isKnown('stage', draft, moment, event) ? stage : moveStage(draft, moment),
    segments: isKnown('segments', draft, moment, event) ? segments : moveSegments(draft, moment),
    persona: isKnown('persona', draft, moment, event) ? persona : movePersona(draft, moment),
  };
}

type Part = 'stage' | 'segments' | 'persona';

function isKnown(part: Part, { known, project, contact }: Draft, moment: Instant, event?: Event): boolean {
  return stands(known[part], sightsOf(project)[part], known, contact, moment, event);
}

function moveStage(draft: Draft, moment: Instant): Instant {
  const { stage, because, until } = stageOf(draft.project.stages, factsAt(draft, moment));
  if (because === null) return until;
  const { contact } = draft;
  draft.moves.push({ from: contact.stage, to: stage, at: moment, because });
  contact.stages_left = { ...contact.stages_left, [contact.stage]: moment };
  contact.stage = stage;
  contact.stage_since = moment;
  return Math.min(until, stageOf(draft.project.stages, factsAt(draft, moment)).until);
}

function moveSegments(draft: Draft, moment: Instant): Instant {
  if (draft.project.segments.length === 0) return Infinity;
  const { segments, moves, until } = segmentsOf(draft.project.segments, factsAt(draft, moment));
  draft.contact.segments = segments;
  draft.segment_moves.push(...moves);
  return until;
}

function movePersona(draft: Draft, moment: Instant): Instant {
  const { persona, until } = draft.project.personas.fitting(factsAt(draft, moment));
  draft.contact.persona = persona;
  return until;
}
