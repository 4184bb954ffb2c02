/** The project as it is edited, by the API: its files, what is wrong with a change, what it would do, and making it live. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../app.ts';
import { workflowGraph } from '../docs/picture/workflow-graph.ts';
import type { DeploymentPreview } from '../engine/impact.ts';
import type { Jobs } from '../engine/jobs.ts';
import type { DeskOutcome } from '../engine/project-desk.ts';
import type { ProjectFiles } from '../project/read-files.ts';
import type { Status } from '../project/status.ts';
import type { Access } from './access.ts';
import { jobAnswer } from './jobs.ts';
import { job } from './jobs/shapes.ts';
import { ApiProblem } from './problem.ts';
import { asApiProblem, problemAnswers } from './project-edits/problems.ts';
import * as shapes from './project-edits/shapes.ts';
import type {
  Changes,
  Checked,
  Deployed,
  DeployImpact,
  FileList,
  Graph,
  VersionList,
} from './project-edits/shapes.ts';
import { documentedBy, prepareZodRoutes, readAs } from './zod-routes.ts';

export interface ProjectOptions {
  readonly desk: App['desk'];
  readonly live: App['live'];
  readonly deployments: App['deployments'];
  readonly jobs: Jobs;
  readonly access: Access;
}

/** All files of a large project. */
const MOST_BYTES = 4 * 1024 * 1024;

export function projectRoutes(options: ProjectOptions): FastifyPluginAsync {
  const { desk, live, jobs, access } = options;
  const { editing } = desk;
  return async (app) => {
    prepareZodRoutes(app, access, 'read');

    app.get('/v1/project/files', documentedBy(LISTED), async (): Promise<FileList> => {
      const { hash, files } = live();
      const { differs } = await desk.folder();
      const list = Object.entries(files).map(([path, text]) => ({
        path,
        kind: kindOf(path),
        length: text.length,
      }));
      return { hash, folder_differs: differs, files: list.toSorted((a, b) => (a.path < b.path ? -1 : 1)) };
    });

    app.get('/v1/project/file', documentedBy(READ), async ({ query }) => {
      const { path } = readAs(PATH, query);
      const { hash, files } = live();
      const text = Object.hasOwn(files, path) ? files[path] : undefined;
      if (text !== undefined) return { path, hash, text };
      throw new ApiProblem(404, 'no_such_file', `The project has no file "${path}".`);
    });

    app.get('/v1/project/versions', documentedBy(VERSIONS), async (): Promise<VersionList> => {
      const list = await options.deployments(MOST_VERSIONS);
      return {
        versions: list.map(({ hash, deployed_at, deployed_by }, index) => ({
          ...{ hash, deployed_by, live: index === 0 },
          deployed_at: new Date(deployed_at).toISOString(),
        })),
      };
    });

    app.post('/v1/project/check', large(CHECKED), async ({ body }): Promise<Checked> => {
      const { files, graph_of } = readAs(shapes.checkAsked, body);
      const all = editing.overlaid(live().files, readable(files));
      const problems = await desk.check(files);
      const graph = graph_of === undefined ? null : graphOf(all, graph_of, live(), editing);
      return { problems: problemAnswers(problems, all), graph };
    });

    app.post('/v1/project/complete', large(COMPLETED), async ({ body }) => {
      const writing = readAs(shapes.writing, body);
      return { completions: await editing.completionsAt(live().files, writing) };
    });

    app.post('/v1/project/hover', large(HOVERED), async ({ body }) => {
      const writing = readAs(shapes.writing, body);
      return { text: await editing.explanationAt(live().files, writing) };
    });

    app.post('/v1/project/preview', large(PREVIEWED), async (request, reply) => {
      const { files } = readAs(shapes.previewAsked, request.body);
      readable(files);
      const { source } = await access(request, 'publish');
      const begun = jobs.begin('preview', source, async (onProgress) =>
        impactAnswer(await desk.preview(files, onProgress)),
      );
      return reply.code(202).send(jobAnswer(begun));
    });

    app.post('/v1/project/deploy', large(DEPLOYED), async (request): Promise<Deployed> => {
      const { files, base, start_by_rules } = readAs(shapes.deployAsked, request.body);
      readable(files);
      const deployed_by = await whoIs(request);
      return deployedAnswer(await told(files, desk.deploy(files, { base, start_by_rules, deployed_by })));
    });

    app.post('/v1/project/rollback', documentedBy(ROLLED_BACK), async (request): Promise<Deployed> => {
      const { hash, base } = readAs(shapes.rollbackAsked, request.body);
      const deployed_by = await whoIs(request);
      return deployedAnswer(await told({}, desk.rollback(hash, { base, deployed_by })));
    });

    for (const [word, status] of Object.entries(COMMANDS))
      app.post<{ Params: { id: string } }>(
        `/v1/workflows/:id/${word}`,
        documentedBy(commandDocumented(word, status)),
        async (request): Promise<Deployed> => {
          const deployed_by = await whoIs(request);
          return deployedAnswer(await told({}, desk.setStatus(request.params.id, status, deployed_by)));
        },
      );
  };

  /** @throws ApiProblem for a path that is none of a project. */
  function readable(changes: Changes): Changes {
    const strange = Object.keys(changes).find((path) => !editing.isProjectPath(path));
    if (strange === undefined) return changes;
    const sentence = `"${strange}" is no file of a project: write etapa.yaml, workflows/….yaml or templates/….`;
    throw new ApiProblem(422, 'path_unusable', sentence, '/files');
  }

  async function whoIs(request: FastifyRequest): Promise<string> {
    return (await access(request, 'publish')).source;
  }

  /** Says what is refused as the API says it. */
  async function told<T>(changes: Changes, work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
      throw asApiProblem(error, editing.overlaid(live().files, changes));
    });
  }

  async function deployedAnswer({ hash, changed, warnings }: DeskOutcome): Promise<Deployed> {
    const { differs } = await desk.folder();
    return { hash, changed, warnings: problemAnswers(warnings, live().files), folder_differs: differs };
  }
}

const COMMANDS = { pause: 'paused', resume: 'live', stop: 'stopped' } as const;

function kindOf(path: string): 'yaml' | 'mjml' | 'text' {
  if (path.endsWith('.yaml')) return 'yaml';
  return path.endsWith('.mjml') ? 'mjml' : 'text';
}

type Loaded = ReturnType<App['live']>;

/** A workflow as it is written in these files; the live project tells what things are called. */
export function graphOf(
  files: ProjectFiles,
  id: string,
  loaded: Loaded,
  editing: App['desk']['editing'],
): Graph | null {
  const written = editing.readWorkflow(files, id);
  if (!written) return null;
  const { nodes, edges } = workflowGraph(written.source, loaded);
  return {
    nodes: nodes.map(({ path, ...node }) => ({
      ...node,
      line: path.length === 0 ? null : written.lineOf(path),
    })),
    edges: edges.map((edge) => ({ ...edge })),
  };
}

/** Without examples of people: who may publish sees them on the page of the stage. */
function impactAnswer({ from, to, files, workflows, impact }: DeploymentPreview): DeployImpact {
  return {
    from,
    to,
    files: files.map((one) => ({ ...one })),
    workflows: workflows.map((one) => ({
      ...one,
      steps: one.steps.map((change) => {
        const { id: step, verb } = 'step' in change ? change.step : change.after;
        return { change: change.change, step, verb };
      }),
      displaced: one.displaced.map(({ step, runs, to: place, said }) => ({ step, runs, to: place, said })),
    })),
    impact: impact && {
      people: impact.people,
      asked: impact.asked,
      moves: impact.moves.map(({ from: left, to: entered, people }) => ({ from: left, to: entered, people })),
      segments: impact.segments.map(({ id, enter, leave }) => ({ id, enter, leave })),
      ended_runs: impact.ended_runs.map((one) => ({ ...one })),
      messages: impact.messages.map((one) => ({ ...one })),
    },
  };
}

function large(documented: Parameters<typeof documentedBy>[0]): ReturnType<typeof documentedBy> {
  return { ...documentedBy(documented), bodyLimit: MOST_BYTES };
}

const TAG = 'Project';
const MOST_VERSIONS = 100;
const PATH = z.strictObject({ path: z.string().max(200) });

const LISTED = {
  tag: TAG,
  summary: 'List the files of the live project',
  answers: { 200: { description: 'The files, by their paths', holds: shapes.fileList } },
};

const READ = {
  tag: TAG,
  summary: 'Read one file of the live project',
  query: PATH,
  answers: { 200: { description: 'The file', holds: shapes.file } },
};

const VERSIONS = {
  tag: TAG,
  summary: 'List the versions that were live, newest first',
  answers: { 200: { description: 'The versions', holds: shapes.versionList } },
};

const CHECKED = {
  tag: TAG,
  summary: 'Check changes of the project as they are being written',
  description:
    'By the checker of `etapa check`, laid over the live files; nothing is written. Words are rendered only where another file than that of a workflow is changed, as this takes seconds.',
  body: shapes.checkAsked,
  answers: { 200: { description: 'What is wrong; empty where nothing is', holds: shapes.checked } },
};

const COMPLETED = {
  tag: TAG,
  summary: 'Tell what could stand at a place of a file',
  body: shapes.writing,
  answers: { 200: { description: 'At most a hundred', holds: shapes.completed } },
};

const HOVERED = {
  tag: TAG,
  summary: 'Tell what stands at a place of a file',
  body: shapes.writing,
  answers: { 200: { description: 'In words', holds: shapes.hovered } },
};

const PREVIEWED = {
  tag: TAG,
  right: 'publish' as const,
  summary: 'Ask what deploying changes would do to whom',
  description:
    'A job: its result holds who would move, what would end, and what would be sent within 24 hours.',
  body: shapes.previewAsked,
  answers: { 202: { description: 'It is begun', holds: job } },
};

const REFUSED = {
  409: { description: 'Another version is live than `base`: nothing was overwritten' },
};

const DEPLOYED = {
  tag: TAG,
  right: 'publish' as const,
  summary: 'Make changes of the project live',
  description:
    'As `etapa deploy`: the whole project is checked, and what was live stays live where anything is wrong; `error.problems` then says what. Files of a folder that `etapa start` watches are not changed: they are taken up again when somebody changes them.',
  body: shapes.deployAsked,
  answers: { 200: { description: 'It is live', holds: shapes.deployed }, ...REFUSED },
};

const ROLLED_BACK = {
  tag: TAG,
  right: 'publish' as const,
  summary: 'Make a version live again that was',
  body: shapes.rollbackAsked,
  answers: { 200: { description: 'It is live', holds: shapes.deployed }, ...REFUSED },
};

const COMMAND_SUMMARIES: Readonly<Record<string, string>> = {
  pause: 'Pause a workflow: nobody enters, and whoever is inside waits',
  resume: 'Let a workflow go on',
  stop: 'Stop a workflow: whoever is inside leaves',
};

function commandDocumented(word: string, status: Status): Parameters<typeof documentedBy>[0] {
  return {
    tag: 'Workflows',
    right: 'publish',
    summary: COMMAND_SUMMARIES[word] ?? word,
    description: `Writes "status: ${status}" into its file, comments kept, and makes that live.`,
    params: z.object({ id: z.string() }),
    answers: { 200: { description: 'It is live', holds: shapes.deployed }, ...REFUSED },
  };
}
