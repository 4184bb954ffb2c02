import { joinBy } from '../json.ts';
import { reason } from '../reason.ts';
import { endRun, type Run } from '../workflows/run.ts';
import { mergeCarts } from './cart.ts';
import type { Contact, Profile, WorkflowEntries } from './contact.ts';
import { mergeConsents } from './consent.ts';
import { mergeFields } from './fold.ts';
import { mergeMemories, type MemoryPlan } from './memory.ts';
import { lastOrderedAt, mergeOrders } from './orders.ts';

/** Runs of the contact that goes away, under their new numbers, and how far each workflow's numbers moved. */
export interface Merge {
  readonly contact: Contact;
  /** Runs that another of the same workflow made end. */
  readonly ended: readonly Run[];
}

/**
 * Joins the contact `gone` into `kept`: newest field wins, strictest consent, memories and orders united.
 * The runs of `gone` go on under `kept`, numbered after its own; where both walk the same workflow, the walk
 * that began earlier goes on and the other ends. The further of the two stages stays until the rules decide anew.
 */
export function mergeContacts(
  kept: Contact,
  gone: Contact,
  plan: MemoryPlan,
  stages: readonly string[],
  at: number,
): Merge {
  const { runs, ended } = mergeRuns(kept, gone, at);
  const further = stages.indexOf(gone.stage) > stages.indexOf(kept.stage) ? gone : kept;
  const contact: Contact = {
    id: kept.id,
    profile: mergeProfiles(kept.profile, gone.profile, plan),
    stage: further.stage,
    stage_since:
      kept.stage === gone.stage ? Math.min(kept.stage_since, gone.stage_since) : further.stage_since,
    stages_left: joinBy(Math.max, kept.stages_left, gone.stages_left),
    segments: joinBy(Math.min, kept.segments, gone.segments),
    persona: kept.persona,
    rules: kept.rules,
    decided_at: latestOf(kept.decided_at, gone.decided_at),
    settled_until: at,
    entries: mergeEntries(kept.entries, gone.entries),
    sent: [...kept.sent, ...gone.sent].sort((a, b) => a.at - b.at),
    runs,
  };
  return { contact, ended };
}

export function mergeProfiles(a: Profile, b: Profile, plan: MemoryPlan): Profile {
  const orders = mergeOrders(a.orders, b.orders);
  return {
    fields: mergeFields(a.fields, b.fields),
    memory: mergeMemories(a.memory, b.memory, plan),
    cart: mergeCarts(a.cart, b.cart, lastOrderedAt(orders)),
    orders,
    consent: mergeConsents(a.consent, b.consent),
  };
}

function mergeRuns(kept: Contact, gone: Contact, at: number): { runs: Run[]; ended: Run[] } {
  const runs: Run[] = [...kept.runs];
  const ended: Run[] = [];
  for (const theirs of gone.runs) {
    const run: Run = { ...theirs, number: theirs.number + (kept.entries[theirs.workflow]?.count ?? 0) };
    const mine = runs.find((other) => other.workflow === run.workflow && other.key === run.key);
    if (!mine) {
      runs.push(run);
      continue;
    }
    const later = mine.entered_at <= run.entered_at ? run : mine;
    ended.push(endRun(later, 'merged', SAME_WORKFLOW, at));
    if (later === mine) runs.splice(runs.indexOf(mine), 1, run);
  }
  return { runs, ended };
}

const SAME_WORKFLOW = reason(
  'two contacts became one, and the other run of this workflow goes on',
  'dos contactos pasaron a ser uno, y sigue el otro recorrido de este flujo',
);

/** What already held for one of the two did not begin to hold by their becoming one. */
function mergeEntries(a: Contact['entries'], b: Contact['entries']): Contact['entries'] {
  const merged: Record<string, WorkflowEntries> = { ...a };
  for (const [workflow, theirs] of Object.entries(b)) {
    const mine = merged[workflow];
    if (!mine) {
      merged[workflow] = theirs;
      continue;
    }
    const held = mine.held === undefined ? theirs.held : mine.held || theirs.held;
    const looked_at = latestOf(mine.looked_at ?? null, theirs.looked_at ?? null);
    const keys = [...new Set([...(mine.keys ?? []), ...(theirs.keys ?? [])])];
    merged[workflow] = {
      count: mine.count + theirs.count,
      ended_at: latestOf(mine.ended_at, theirs.ended_at),
      ...(held === undefined ? {} : { held }),
      ...(looked_at === null ? {} : { looked_at }),
      ...(keys.length === 0 ? {} : { keys }),
    };
  }
  return merged;
}

function latestOf(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
