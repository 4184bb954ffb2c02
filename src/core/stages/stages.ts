import type { Facts, Question } from '../conditions/answer.ts';
import type { Instant } from '../events/event.ts';
import { reason, type Reason } from '../reason.ts';
import { after, type Duration } from '../time/duration.ts';

export interface Stage {
  readonly id: string;
  readonly title: Reason;
  /** Null for the stage where everybody starts: its rule always holds. */
  readonly enter_when: Question | null;
  /** A contact does not go back from this stage before so long. */
  readonly stay_at_least: Duration | null;
}

export interface StagePlan {
  /** In the order of the journey. */
  readonly list: readonly Stage[];
  readonly may_go_back: boolean;
  readonly start: string;
}

/** A contact's move from one stage to another. */
export interface StageMove {
  readonly from: string;
  readonly to: string;
  readonly at: Instant;
  readonly because: Reason;
}

export interface StageNow {
  readonly stage: string;
  readonly because: Reason | null;
  /** The first moment at which time alone could move the contact. */
  readonly until: Instant;
}

/**
 * A contact stands in the last stage of the list whose rule holds. Going forward happens at once; going back only
 * where the project allows it, and not before the time that the stage asks its people to stay.
 */
export function stageOf(plan: StagePlan, facts: Facts): StageNow {
  const { contact, now } = facts;
  const current = plan.list.findIndex((stage) => stage.id === contact.stage);
  let until = Infinity;
  for (let index = plan.list.length - 1; index >= 0; index--) {
    const stage = plan.list[index] as Stage;
    if (index < current && !plan.may_go_back) break;
    const answer = stage.enter_when?.answer(facts) ?? { holds: true, until: Infinity };
    if (!answer.holds) {
      until = Math.min(until, answer.until);
      continue;
    }
    if (index >= current) return moved(stage, facts, Math.min(until, answer.until), contact.stage);
    const free = freeAt(plan.list[current] as Stage, facts);
    if (free > now) return { stage: contact.stage, because: null, until: Math.min(until, free) };
    return moved(stage, facts, Math.min(until, answer.until), contact.stage, plan.list[current]);
  }
  return { stage: contact.stage, because: null, until };
}

function moved(stage: Stage, facts: Facts, until: Instant, from: string, left?: Stage): StageNow {
  if (stage.id === from) return { stage: from, because: null, until };
  return { stage: stage.id, because: left ? goneBack(left, stage, facts) : entered(stage, facts), until };
}

function entered(stage: Stage, facts: Facts): Reason {
  return stage.enter_when?.because(facts) ?? STARTS_HERE;
}

function goneBack(left: Stage, stage: Stage, facts: Facts): Reason {
  const lost = left.enter_when?.because(facts) ?? STARTS_HERE;
  return reason(
    `${left.title.en} no longer fits: ${lost.en}. ${stage.title.en} does: ${entered(stage, facts).en}`,
    `${left.title.es} ya no encaja: ${lost.es}. ${stage.title.es} sí: ${entered(stage, facts).es}`,
  );
}

const STARTS_HERE = reason('every contact begins here', 'todo contacto empieza aquí');

function freeAt(stage: Stage, { contact, zone }: Facts): Instant {
  return stage.stay_at_least ? after(contact.stage_since, stage.stay_at_least, zone) : -Infinity;
}
