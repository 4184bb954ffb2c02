/** What kept a run from beginning although its trigger fired: the same questions, in the same order, as the engine asks. */
import type { Facts } from '../../core/conditions/answer.ts';
import { wayOut } from '../../core/deciding/leave.ts';
import type { Instant } from '../../core/events/event.ts';
import { at as valueAt, canonicalText, type JsonObject } from '../../core/json.ts';
import type { Project } from '../../core/project.ts';
import { reason, type Reason } from '../../core/reason.ts';
import { after, durationWords } from '../../core/time/duration.ts';
import type { Run } from '../../core/workflows/run.ts';
import type { Workflow } from '../../core/workflows/workflow.ts';
import type { LoadedProject } from '../../project/load.ts';
import { factsAt, type Attempt } from './attempts.ts';
import type { Records } from './records.ts';
import { treeOf, type Tree } from './tree.ts';

/** Which rule of the workflow says no. `unknown`: by today's rules a run should have begun. */
export interface Gate {
  readonly kind: 'inside' | 're_enter' | 'only_if' | 'exit_open' | 'rules_changed' | 'unknown';
  readonly says: Reason;
  readonly until: Instant | null;
  readonly tree: Tree | null;
}

export function gateOf(workflow: Workflow, attempt: Attempt, records: Records, loaded: LoadedProject): Gate {
  const { project } = loaded;
  const facts = factsAt(records, project, attempt.at);
  return (
    byReEntry(workflow, attempt, records.runs, facts.zone) ??
    byOnlyIf(workflow, facts, loaded) ??
    byWayOut(workflow, facts) ??
    byChange(project, attempt)
  );
}

function gate(kind: Gate['kind'], says: Reason, more: Partial<Gate> = {}): Gate {
  return { kind, says, until: null, tree: null, ...more };
}

function byReEntry(
  { id, re_enter }: Workflow,
  { at, event }: Attempt,
  all: readonly Run[],
  zone: string,
): Gate | undefined {
  const runs = all.filter((run) => run.workflow === id && run.entered_at < at);
  if (typeof re_enter === 'object' && 'per' in re_enter) {
    const key = keyOf(event?.properties ?? {}, re_enter.per);
    if (!runs.some((run) => run.key === key)) return undefined;
    const what = `${re_enter.per} ${key}`;
    return gate(
      're_enter',
      reason(`there was a run for ${what} already`, `ya hubo un recorrido para ${what}`),
    );
  }
  if (runs.some(({ ended_at }) => ended_at === null || ended_at > at)) return gate('inside', INSIDE);
  const last = runs.at(-1);
  if (!last || re_enter === 'always') return undefined;
  if (re_enter === 'never') return gate('re_enter', ONCE_ONLY);
  const free = after(last.ended_at ?? at, re_enter.after, zone);
  if (at >= free) return undefined;
  const long = reason(durationWords(re_enter.after, 'en'), durationWords(re_enter.after, 'es'));
  const says = reason(
    `may come in again only ${long.en} after the last run ended`,
    `puede volver a entrar solo ${long.es} después de terminar el último recorrido`,
  );
  return gate('re_enter', says, { until: free });
}

const INSIDE = reason('was inside already', 'ya estaba dentro');
const ONCE_ONLY = reason(
  'has been through it before, and it says "re_enter: never"',
  'ya pasó por él, y dice «re_enter: never»',
);

function keyOf(properties: JsonObject, path: string): string {
  const value = valueAt(properties, path);
  return value === undefined || value === null
    ? ''
    : typeof value === 'string'
      ? value
      : canonicalText(value);
}

function byOnlyIf({ id, only_if }: Workflow, facts: Facts, loaded: LoadedProject): Gate | undefined {
  const { holds } = only_if.answer(facts);
  if (holds) return undefined;
  const because = only_if.because(facts);
  const written = loaded.workflow_sources.find((source) => source.id === id)?.source.only_if;
  const says = reason(`"only_if" did not hold: ${because.en}`, `«only_if» no se cumplía: ${because.es}`);
  return gate('only_if', says, { tree: written ? treeOf(written, loaded.project, facts) : null });
}

function byWayOut(workflow: Workflow, facts: Facts): Gate | undefined {
  const way = wayOut(workflow, { ...facts, entered_at: facts.now });
  if (!('outcome' in way)) return undefined;
  const { en, es } = way.because;
  return gate('exit_open', reason(`a way out was open already: ${en}`, `ya había una salida abierta: ${es}`));
}

function byChange({ live_since }: Project, { at }: Attempt): Gate {
  return at < live_since ? gate('rules_changed', RULES_CHANGED) : gate('unknown', NOTHING_AGAINST);
}

const RULES_CHANGED = reason(
  "by today's rules a run would have begun; they went live only later",
  'con las reglas de hoy habría empezado un recorrido; se publicaron más tarde',
);
const NOTHING_AGAINST = reason(
  'nothing that is known now speaks against it; what happened was perhaps told too late ("ignore_triggers_older_than") or has not been decided yet',
  'nada de lo que se sabe ahora lo impide; quizá se avisó demasiado tarde («ignore_triggers_older_than») o aún no se ha decidido',
);
