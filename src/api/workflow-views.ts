/** Workflows by the API: how they are drawn, who is where in them, and what they have come to. */
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import type { App } from '../app.ts';
import type { Instant } from '../core/events/event.ts';
import { measureExperiments, type MeasuredHoldout, type MeasuredTest } from '../engine/experiments.ts';
import { keptAnswer } from '../engine/kept-answer.ts';
import type { Waiting } from '../engine/workflow-book.ts';
import { iso } from './iso.ts';
import type { Access } from './access.ts';
import { ApiProblem } from './problem.ts';
import { graphOf } from './project.ts';
import { problemAnswers } from './project-edits/problems.ts';
import { aboutWorkflow, stepFigures } from './workflows/figures.ts';
import * as shapes from './workflows/shapes.ts';
import type {
  OneVersion,
  OneWorkflow,
  WaitingPage,
  WorkflowExperiments,
  WorkflowList,
  WorkflowVersions,
} from './workflows/shapes.ts';
import { documentedBy, prepareZodRoutes, readAs, readCursor, writeCursor } from './zod-routes.ts';

export interface WorkflowViewOptions {
  readonly workflows: App['workflows'];
  readonly desk: App['desk'];
  readonly live: App['live'];
  readonly experiments: App['experiments'];
  readonly access: Access;
  now(): Promise<Instant>;
}

type Loaded = ReturnType<App['live']>;
type Params = { readonly Params: { readonly id: string } };

export function workflowViewRoutes(options: WorkflowViewOptions): FastifyPluginAsync {
  const { workflows, desk, live, access } = options;
  const measured = keptAnswer(async () => {
    const loaded = live();
    const now = await options.now();
    return { hash: loaded.hash, report: await measureExperiments(options.experiments, loaded, now) };
  });
  return async (app) => {
    prepareZodRoutes(app, access, 'read');

    app.get('/v1/workflows', documentedBy(LISTED), async (): Promise<WorkflowList> => {
      const loaded = live();
      const [counts, problems] = await Promise.all([workflows.counts(), desk.liveProblems()]);
      return {
        counted_at: iso(counts.at),
        workflows: loaded.workflow_sources.map((one) => aboutWorkflow(one, loaded, counts, problems)),
      };
    });

    app.get<Params>('/v1/workflows/:id', documentedBy(ONE), async ({ params }): Promise<OneWorkflow> => {
      const loaded = live();
      const found = sourceOf(loaded, params.id);
      const [counts, problems, folder] = await Promise.all([
        workflows.counts(),
        desk.liveProblems(),
        desk.folder(),
      ]);
      const path = `workflows/${found.id}.yaml`;
      const graph = graphOf(loaded.files, found.id, loaded, desk.editing) ?? { nodes: [], edges: [] };
      return {
        ...aboutWorkflow(found, loaded, counts, problems),
        counted_at: iso(counts.at),
        project_hash: loaded.hash,
        folder_differs: folder.differs,
        path,
        text: found.text,
        ...stepFigures(found.id, graph, counts),
        edges: graph.edges,
        problems: problemAnswers(
          problems.filter(({ file }) => file === path),
          loaded.files,
        ),
      };
    });

    app.get<Params>(
      '/v1/workflows/:id/experiments',
      documentedBy(EXPERIMENTS),
      async ({ params }): Promise<WorkflowExperiments> => {
        const { id } = sourceOf(live(), params.id);
        const { report } = await measured();
        const holdout = report.holdouts.find(({ workflow }) => workflow === id);
        return {
          tests: report.tests.filter(({ workflow }) => workflow === id).map(testAnswer),
          holdout: holdout ? holdoutAnswer(holdout) : null,
          currency: live().settings.currency,
        };
      },
    );

    app.get<Params>(
      '/v1/workflows/:id/waiting',
      documentedBy(WAITING),
      async ({ params, query }): Promise<WaitingPage> => {
        const loaded = live();
        const { id } = sourceOf(loaded, params.id);
        const { step, limit, cursor } = readAs(shapes.waitingAsked, query);
        const place = readCursor(cursor, z.tuple([z.uuid(), z.number().int()]));
        const { list, next } = await workflows.waiting(id, step ?? null, place, limit);
        const nodes = new Map(
          graphOf(loaded.files, id, loaded, desk.editing)?.nodes.map((node) => [node.id, node.words]),
        );
        return {
          waiting: list.map((one) => waitingAnswer(one, nodes.get(one.step) ?? null)),
          next: writeCursor(next),
        };
      },
    );

    app.get<Params>(
      '/v1/workflows/:id/versions',
      documentedBy(VERSIONS),
      async ({ params }): Promise<WorkflowVersions> => {
        const current = live().workflow_sources.find(({ id }) => id === params.id)?.version;
        const [list, counts] = await Promise.all([
          workflows.versions(params.id, MOST_VERSIONS),
          workflows.counts(),
        ]);
        if (list.length === 0) throw unknown(params.id);
        const inside = (version: string): number =>
          counts.standing
            .filter((one) => one.workflow === params.id && one.version === version && !one.held_out)
            .reduce((sum, { people }) => sum + people, 0);
        return {
          versions: list.map(({ version, deployed_at }) => ({
            version,
            deployed_at: iso(deployed_at),
            live: version === current,
            inside: inside(version),
          })),
        };
      },
    );

    app.get<{ Params: { id: string; hash: string } }>(
      '/v1/workflows/:id/versions/:hash',
      documentedBy(VERSION),
      async ({ params }): Promise<OneVersion> => {
        const found = await workflows.version(params.id, params.hash);
        if (!found)
          throw new ApiProblem(404, 'no_such_version', 'No such version of this workflow was ever live.');
        return { ...found, deployed_at: iso(found.deployed_at) };
      },
    );
  };
}

const MOST_VERSIONS = 100;

function sourceOf(loaded: Loaded, id: string): Loaded['workflow_sources'][number] {
  const found = loaded.workflow_sources.find((one) => one.id === id);
  if (found) return found;
  throw unknown(id);
}

function unknown(id: string): ApiProblem {
  return new ApiProblem(404, 'no_such_workflow', `There is no workflow called "${id}".`);
}

function waitingAnswer(
  { due_at, entered_at, arrived_at, number: _number, ...one }: Waiting,
  words: WaitingPage['waiting'][number]['words'],
): WaitingPage['waiting'][number] {
  return {
    ...one,
    words,
    entered_at: iso(entered_at),
    arrived_at: iso(arrived_at),
    until: due_at === null ? null : iso(due_at),
  };
}

function testAnswer(test: MeasuredTest): WorkflowExperiments['tests'][number] {
  const { comparison, variants } = test;
  const { best, second, lift, p } = comparison;
  const isWhole = variants.every(({ people }) => people > 0);
  return {
    step: test.step,
    winner_by: test.winner_by,
    began_at: isoOrNull(test.began_at),
    variants: variants.map((one) => ({ ...one, interval: { ...one.interval } })),
    lift:
      best !== null && second !== null && lift && isWhole
        ? { best, second, absolute: lift.absolute, interval: { ...lift.interval }, p }
        : null,
    winner: test.winner,
    decided_at: isoOrNull(test.decided_at),
    because: test.because,
    next_look_at: isoOrNull(test.next_look_at),
  };
}

function holdoutAnswer(one: MeasuredHoldout): NonNullable<WorkflowExperiments['holdout']> {
  const { treated, held_out, absolute, interval, p, relative, revenue, percent, still_open } = one;
  const group = ({ people, successes, rate, interval: range }: MeasuredHoldout['treated']) => ({
    ...{ people, successes, rate },
    interval: { ...range },
  });
  const isWhole = treated.people > 0 && held_out.people > 0;
  return {
    percent,
    treated: group(treated),
    held_out: group(held_out),
    still_open,
    lift: isWhole && absolute !== null && interval ? { absolute, interval: { ...interval }, p } : null,
    relative: isWhole ? relative : null,
    revenue: revenue && { ...revenue, interval: revenue.interval && { ...revenue.interval } },
  };
}

function isoOrNull(at: Instant | null): string | null {
  return at === null ? null : iso(at);
}

const TAG = 'Workflows';
const ID = z.object({ id: z.string() });

const LISTED = {
  tag: TAG,
  summary: 'List the workflows, with what they have come to within 30 days',
  description:
    'Counted for all of them at once, and kept for up to half a minute where that takes long: `counted_at` says of when it is.',
  answers: { 200: { description: 'In the order of their files', holds: shapes.workflowList } },
};

const ONE = {
  tag: TAG,
  summary: 'Read a workflow: its steps and ways, who stands where, and its file',
  params: ID,
  answers: { 200: { description: 'The workflow', holds: shapes.oneWorkflow } },
};

const EXPERIMENTS = {
  tag: TAG,
  summary: 'Tell what the tests and the holdout of a workflow have come to',
  params: ID,
  answers: { 200: { description: 'With intervals of 95 percent', holds: shapes.experiments } },
};

const WAITING = {
  tag: TAG,
  right: 'people' as const,
  summary: 'List who stands in a workflow, or at one of its steps',
  params: ID,
  query: shapes.waitingAsked,
  answers: { 200: { description: 'A page; `next` is null on the last one', holds: shapes.waitingPage } },
};

const VERSIONS = {
  tag: TAG,
  summary: 'List the versions of a workflow that were live, newest first',
  params: ID,
  answers: { 200: { description: 'The hundred newest', holds: shapes.versionPage } },
};

const VERSION = {
  tag: TAG,
  summary: 'Read the text of a version of a workflow',
  params: z.object({ id: z.string(), hash: z.string() }),
  answers: { 200: { description: 'The version', holds: shapes.oneVersion } },
};
