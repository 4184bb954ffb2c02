/** A run in words: where it stands, and what it waits for there. */
import type { Instant } from '../../core/events/event.ts';
import type { Project } from '../../core/project.ts';
import { reason, type Reason } from '../../core/reason.ts';
import type { Run } from '../../core/workflows/run.ts';

export interface RunStanding extends Pick<
  Run,
  'workflow' | 'number' | 'version' | 'entered_at' | 'because' | 'held_out' | 'variants' | 'key'
> {
  readonly event: string | null;
  /** Null where it has ended. */
  readonly stands: Stand | null;
  readonly ended_at: Instant | null;
  readonly outcome: Run['outcome'];
  readonly ended_because: Reason | null;
}

export interface Stand {
  /** Empty where it is not recorded. */
  readonly step: string;
  readonly since: Instant | null;
  readonly until: Instant | null;
  readonly says: Reason;
}

export function runStanding(run: Run, project: Project): RunStanding {
  const { workflow, number, version, entered_at, because, held_out, variants, key } = run;
  return {
    ...{ workflow, number, version, entered_at, because, held_out, variants, key },
    event: run.event?.name ?? null,
    stands: run.ended_at === null ? standOf(run, project) : null,
    ...{ ended_at: run.ended_at, outcome: run.outcome, ended_because: run.ended_because },
  };
}

export function standOf(run: Run, project: Project): Stand {
  const { step, arrived_at: since, due_at: until } = run;
  if (run.held_out) return { step: '', since: run.entered_at, until, says: HELD_OUT };
  if (project.workflows.get(run.workflow)?.status === 'paused')
    return { step, since, until: null, says: PAUSED };
  if (run.held_before !== undefined) return { step, since, until, says: heldBefore(run.held_before) };
  if (step === '') return { step, since: null, until: null, says: NOT_RECORDED };
  return { step, since, until, says: waitOf(run, project) };
}

function heldBefore(step: string): Reason {
  return reason(
    `waits before step ${step} until a notice ends`,
    `espera ante el paso ${step} a que termine un aviso`,
  );
}

function waitOf({ workflow, version, step }: Run, project: Project): Reason {
  const verb = project.version(workflow, version)?.steps.find(({ id }) => id === step)?.verb ?? '';
  const [en, es] = WAITS[verb] ?? ['stands', 'está'];
  return reason(`${en} at step ${step}`, `${es} en el paso ${step}`);
}

const WAITS: Readonly<Record<string, readonly [en: string, es: string]>> = {
  wait: ['waits', 'espera'],
  wait_until: ['waits for its hour', 'espera su hora'],
  wait_for: ['waits for something to happen', 'espera a que ocurra algo'],
  ask: ['waits for the answer to the survey', 'espera la respuesta a la encuesta'],
  call_webhook: ['waits for the answer of another system', 'espera la respuesta de otro sistema'],
};

const HELD_OUT = reason(
  'is held out and gets nothing, so that the effect of the workflow can be measured',
  'queda fuera y no recibe nada, para poder medir el efecto del flujo',
);
const PAUSED = reason(
  'stands still while the workflow is paused, and goes on when it is live again',
  'está detenido mientras el flujo está en pausa, y sigue cuando vuelve a estar activo',
);
const NOT_RECORDED = reason(
  'was inside; at which step is not recorded',
  'estaba dentro; en qué paso no quedó registrado',
);
