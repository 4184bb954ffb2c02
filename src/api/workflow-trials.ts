/** Trying a workflow by the API: with one person step by step, or with everybody's last weeks. */
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import type { App } from '../app.ts';
import type { Instant } from '../core/events/event.ts';
import type { Reason } from '../core/reason.ts';
import type { Jobs } from '../engine/jobs.ts';
import { trySchema, type Rehearsed, type TriedOut } from '../engine/rehearsal.ts';
import { iso } from './iso.ts';
import type { Access } from './access.ts';
import { jobAnswer } from './jobs.ts';
import { job } from './jobs/shapes.ts';
import { graphOf } from './project.ts';
import { asApiProblem } from './project-edits/problems.ts';
import { changes } from './project-edits/shapes.ts';
import * as shapes from './workflows/shapes.ts';
import type { Simulated, Tried } from './workflows/shapes.ts';
import { documentedBy, prepareZodRoutes, readAs } from './zod-routes.ts';

export interface WorkflowTrialOptions {
  readonly rehearsal: App['rehearsal'];
  readonly editing: App['desk']['editing'];
  readonly live: App['live'];
  readonly jobs: Jobs;
  readonly access: Access;
}

type Params = { readonly Params: { readonly id: string } };
type Graph = NonNullable<ReturnType<typeof graphOf>>;

const MOST_BYTES = 4 * 1024 * 1024;
const withFiles = z.looseObject({ files: changes.default({}) });

export function workflowTrialRoutes(options: WorkflowTrialOptions): FastifyPluginAsync {
  const { rehearsal, editing, live, jobs, access } = options;
  return async (app) => {
    prepareZodRoutes(app, access, 'people');

    app.post<Params>(
      '/v1/workflows/:id/try',
      { ...documentedBy(TRIED), bodyLimit: MOST_BYTES },
      async ({ params, body }): Promise<Tried> => {
        const { files, ...rest } = readAs(withFiles, body);
        const asked = readAs(trySchema, rest);
        const all = editing.overlaid(live().files, files);
        const tried = await rehearsal.tryOut(params.id, files, asked).catch((error: unknown) => {
          throw asApiProblem(error, all);
        });
        const graph = graphOf(all, params.id, live(), editing) ?? { nodes: [], edges: [] };
        return triedAnswer(params.id, tried, graph);
      },
    );

    app.post<Params>(
      '/v1/workflows/:id/simulate',
      { ...documentedBy(SIMULATED), bodyLimit: MOST_BYTES },
      async (request, reply) => {
        const { files, days, share } = readAs(shapes.simulateAsked, request.body);
        const changed = readAs(changes, files);
        const { source } = await access(request, 'publish');
        const workflow = request.params.id;
        const begun = jobs.begin('simulate', source, async (onProgress) =>
          simulatedAnswer(
            workflow,
            await rehearsal.simulate({ workflow, changes: changed, days, share }, onProgress),
          ),
        );
        return reply.code(202).send(jobAnswer(begun));
      },
    );
  };
}

function triedAnswer(workflow: string, tried: TriedOut, graph: Graph): Tried {
  const { life, given, stays, words } = tried;
  const ended = life.runs.findLast((run) => run.workflow === workflow && run.ended_at !== null);
  return {
    zone: tried.zone,
    start: iso(tried.start),
    end: iso(tried.end),
    entered: life.runs.some((run) => run.workflow === workflow),
    outcome: ended?.outcome
      ? { outcome: ended.outcome, because: ended.ended_because ?? NO_WORDS, at: iso(ended.ended_at ?? 0) }
      : null,
    path: stays.map((stay) => ({
      ...{ workflow: stay.workflow, run: stay.run, step: stay.step, to: stay.to },
      arrived_at: iso(stay.arrived_at),
      left_at: stay.left_at === null ? null : iso(stay.left_at),
      ...wayOf(stay, stay.workflow === workflow ? graph : undefined),
    })),
    happened: happenedIn(life, given),
    messages: life.messages.flatMap(({ message }, index) => {
      const made = words[index];
      if (!made) return [];
      return [
        {
          at: iso(message.owed_at),
          ...{ workflow: message.workflow, step: message.step, message: message.message },
          ...{ channel: message.channel, language: message.language, tone: message.tone },
          ...{ because: message.because, held_back: message.held_back, to: made.to },
          ...{ subject: made.subject, preheader: made.preheader, html: made.html, text: made.text },
        },
      ];
    }),
  };
}

const NO_WORDS = { en: '', es: '' };

/** Where two ways lead to the same step, the words cannot say which was taken, and none are told. */
function wayOf(
  { step, to }: TriedOut['stays'][number],
  graph: Graph | undefined,
): { way: Reason | null; because: Reason | null } {
  const taken = graph?.edges.filter((edge) => edge.from === step && edge.to === to) ?? [];
  const [edge] = taken;
  return taken.length === 1 && edge ? { way: edge.label, because: edge.when } : { way: null, because: null };
}

type Happened = Tried['happened'][number];

function happenedIn(life: TriedOut['life'], given: TriedOut['given']): Happened[] {
  const told = (
    at: Instant,
    kind: Happened['kind'],
    words: Reason,
    workflow: string | null = null,
  ): Happened => ({
    ...{ at: iso(at), kind, words, workflow },
  });
  const named = (name: string): Reason => ({ en: name, es: name });
  return [
    ...given.map(({ occurred_at, name }) => told(occurred_at, 'given', named(name))),
    ...life.moves.map(({ at, from, to, because }) => told(at, 'stage', arrow(from, to, because))),
    ...life.segment_moves.map(({ at, segment, way, because }) =>
      told(at, 'segment', {
        en: `${way} ${segment}: ${because.en}`,
        es: `${way === 'enters' ? 'entra en' : 'sale de'} ${segment}: ${because.es}`,
      }),
    ),
    ...life.runs.map((run) => told(run.entered_at, 'entered', run.because, run.workflow)),
    ...life.calls.map((call) => {
      const { spec } = call;
      const text = spec.kind === 'team' ? spec.text : `${spec.method} ${spec.url}`;
      return told(call.owed_at, 'call', named(text), call.workflow);
    }),
    ...life.runs.flatMap((run) =>
      run.ended_at === null ? [] : [told(run.ended_at, 'ended', run.ended_because ?? NO_WORDS, run.workflow)],
    ),
  ].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function arrow(from: string, to: string, because: Reason): Reason {
  return { en: `${from} → ${to}: ${because.en}`, es: `${from} → ${to}: ${because.es}` };
}

type Counts = NonNullable<Rehearsed['after']['workflows'][string]>;

function simulatedAnswer(workflow: string, { after, comparison, ...about }: Rehearsed): Simulated {
  const before = comparison?.before ?? null;
  const sentIn = (counts: Readonly<Record<string, number>> | undefined): number =>
    Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0);
  const ids = [...new Set([...Object.keys(after.messages), ...Object.keys(before?.messages ?? {})])].sort();
  return {
    ...{ from: iso(about.from), until: iso(about.until) },
    ...{ people: about.people, asked: about.asked, cut_short: about.cut_short },
    before: before && countsAnswer(before.workflows[workflow]),
    after: countsAnswer(after.workflows[workflow]),
    messages: ids.map((message) => ({
      message,
      sent: sentIn(after.messages[message]?.sent),
      held_back: after.messages[message]?.held_back ?? 0,
      sent_before: before && sentIn(before.messages[message]?.sent),
    })),
    days: Object.entries(after.calendar[workflow] ?? {})
      .map(([day, sent]) => ({ day, sent }))
      .sort((a, b) => (a.day < b.day ? -1 : 1)),
    others: before
      ? Object.entries(after.workflows).flatMap(([id, { sent }]) => {
          const sent_before = before.workflows[id]?.sent ?? 0;
          return id === workflow || sent === sent_before ? [] : [{ workflow: id, sent, sent_before }];
        })
      : [],
    people_affected: comparison?.people_affected ?? null,
  };
}

function countsAnswer(counts: Counts | undefined): Simulated['after'] {
  const { entered = 0, held_out = 0, converted = 0, exited = 0, failed = 0 } = counts ?? {};
  const { completed = 0, inside = 0, sent = 0, held_back = {} } = counts ?? {};
  return {
    ...{ entered, held_out, converted, left: exited + failed, finished: completed, inside, sent },
    held_back: Object.entries(held_back)
      .map(([because, messages]) => ({ because, messages }))
      .sort((a, b) => b.messages - a.messages),
  };
}

const TAG = 'Workflows';
const ID = z.object({ id: z.string() });

const TRIED = {
  tag: TAG,
  summary: 'Try a workflow with one person in virtual time; nothing is sent or kept',
  description:
    'By the same pure function that decides in production. Whoever is made up is never held out; waits for opening hours end at the first minute of them.',
  params: ID,
  body: shapes.tryAsked,
  answers: {
    200: { description: 'Each step, each reason, and each message as it would be read', holds: shapes.tried },
  },
};

const SIMULATED = {
  tag: TAG,
  right: 'publish' as const,
  summary: 'Simulate a workflow with what really happened in the last days',
  description:
    'A job. At most 5,000 people, chosen by chance, live their days again, for a minute at the most; with `files` by both versions.',
  params: ID,
  body: shapes.simulateAsked,
  answers: { 202: { description: 'It is begun', holds: job } },
};
