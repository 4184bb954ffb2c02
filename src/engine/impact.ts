import type { Contact } from '../core/contacts/contact.ts';
import { remember } from '../core/contacts/memory.ts';
import type { Event, Instant } from '../core/events/event.ts';
import type { Project } from '../core/project.ts';
import { changesOf, mapSteps, type StepChange } from '../core/workflows/edit.ts';
import { createImpact, type Impact } from '../simulate/impact.ts';
import type { LoadedProject } from '../project/load.ts';
import type { Reader, StoredContact } from './ports.ts';

/** What deploying a project would change. */
export interface DeploymentPreview {
  readonly from: string | null;
  readonly to: string;
  /** Files that were added, changed or removed. */
  readonly files: readonly { readonly file: string; readonly change: 'added' | 'changed' | 'removed' }[];
  readonly workflows: readonly WorkflowPreview[];
  /** Null where nothing that decides changes, or nothing was live before. */
  readonly impact: Impact | null;
}

export interface WorkflowPreview {
  readonly workflow: string;
  readonly change: 'added' | 'changed' | 'removed';
  readonly when_edited: 'finish_old' | 'follow';
  readonly steps: readonly StepChange[];
  /** Runs inside now, of whatever version. */
  readonly inside: number;
  readonly displaced: readonly Displaced[];
}

/** Runs that stand at a step which a newer version does not have. */
export interface Displaced {
  readonly workflow: string;
  readonly step: string;
  readonly runs: number;
  /** Where they would go; null: they end. */
  readonly to: string | null;
  /** Whether the newer version says so itself, in `moved_to`. */
  readonly said: boolean;
}

/** More are not asked one by one: a share of them, chosen by chance, speaks for all. */
const MOST_ASKED = 20_000;

export async function previewDeployment(
  reader: Reader,
  before: LoadedProject | undefined,
  after: LoadedProject,
  now: Instant,
  onProgress: (share: number) => void,
): Promise<DeploymentPreview> {
  const counts = await reader.runCounts();
  const rulesChange = before !== undefined && before.project.rules !== after.project.rules;
  return {
    from: before?.hash ?? null,
    to: after.hash,
    files: filesChanged(before?.files ?? {}, after.files),
    workflows: workflowsChanged(before?.project, after.project, counts),
    impact: rulesChange ? await impactOf(reader, before.project, after.project, now, onProgress) : null,
  };
}

type Files = Readonly<Record<string, string>>;

function filesChanged(before: Files, after: Files): DeploymentPreview['files'] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((file) => {
    const [old, fresh] = [before[file], after[file]];
    if (old === fresh) return [];
    return [{ file, change: old === undefined ? 'added' : fresh === undefined ? 'removed' : 'changed' }];
  });
}

type RunCounts = Awaited<ReturnType<Reader['runCounts']>>;

function workflowsChanged(
  before: Project | undefined,
  after: Project,
  counts: RunCounts,
): readonly WorkflowPreview[] {
  const ids = [...new Set([...(before?.workflows.keys() ?? []), ...after.workflows.keys()])].sort();
  return ids.flatMap((workflow): WorkflowPreview[] => {
    const old = before?.workflows.get(workflow);
    const fresh = after.workflows.get(workflow);
    if (old?.version === fresh?.version) return [];
    const inside = counts.filter((count) => count.workflow === workflow);
    return [
      {
        workflow,
        change: !old ? 'added' : fresh ? 'changed' : 'removed',
        when_edited: fresh?.when_edited ?? 'finish_old',
        steps: old && fresh ? changesOf(old, fresh) : [],
        inside: inside.reduce((sum, { runs }) => sum + runs, 0),
        displaced: displacedRuns(after, inside),
      },
    ];
  });
}

/** From a workflow that was stopped everybody leaves, and of a draft everybody finishes the version before. */
const ARE_TAKEN_UP: ReadonlySet<string> = new Set(['live', 'paused']);

/** Only runs that follow the newest version can lose their step. */
export function displacedRuns(after: Project, counts: RunCounts): readonly Displaced[] {
  return counts.flatMap(({ workflow, version, step, runs }) => {
    const fresh = after.workflows.get(workflow);
    const old = after.version(workflow, version);
    if (fresh?.when_edited !== 'follow' || !old || step === '' || !ARE_TAKEN_UP.has(fresh.status)) return [];
    const place = mapSteps(old, fresh).get(step);
    if (!place || 'to' in place) return [];
    return [{ workflow, step, runs, to: place.next, said: Object.hasOwn(fresh.moved_to, step) }];
  });
}

async function impactOf(
  reader: Reader,
  before: Project,
  after: Project,
  now: Instant,
  onProgress: (share: number) => void,
): Promise<Impact> {
  const people = await reader.countContacts();
  const counter = createImpact(before, after, now, people);
  const share = people <= MOST_ASKED ? 1 : MOST_ASKED / people;
  let asked = 0;
  for await (const batch of reader.contacts({ share })) {
    const decided = batch.filter(({ contact }) => contact.decided_at !== null);
    const histories = await historiesOf(reader, decided, [before, after], now);
    for (const stored of decided) {
      const events = histories.get(stored.contact.id);
      const fresh = known(stored, after, events);
      // Its new rules ask everybody at once.
      const settled_until = Math.min(fresh.settled_until, now);
      counter.ask({ before: known(stored, before, events), after: { ...fresh, settled_until } });
    }
    asked += batch.length;
    onProgress(asked / Math.max(1, people * share));
  }
  return counter.told();
}

/** Only of contacts that remember something else than one of the projects asks for. */
async function historiesOf(
  reader: Reader,
  stored: readonly StoredContact[],
  projects: readonly Project[],
  now: Instant,
): Promise<ReadonlyMap<string, readonly Event[]>> {
  const stale = stored.filter(({ shape }) => projects.some(({ memory }) => memory.shape !== shape));
  return stale.length === 0
    ? new Map()
    : reader.eventsOf(
        stale.map(({ contact }) => contact.id),
        now,
      );
}

/** The contact as it would be known by the project's rules. */
function known(
  { contact, shape }: StoredContact,
  { memory }: Project,
  events: readonly Event[] | undefined,
): Contact {
  if (shape === memory.shape || !events) return contact;
  const memories = events.reduce((all, event) => remember(all, event, memory), {});
  return { ...contact, profile: { ...contact.profile, memory: memories } };
}
