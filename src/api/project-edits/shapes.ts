/** What is asked and answered about the files of the project: read by the console, and documented. */
import { z } from 'zod';

const MOST_FILES = 200;

export const changes = z
  .record(
    z.string().max(200),
    z
      .string()
      .max(256 * 1024)
      .nullable(),
  )
  .refine((files) => Object.keys(files).length <= MOST_FILES, {
    error: `Send ${MOST_FILES} files at the most.`,
  })
  .describe(
    'The text of each file that is changed, by its path; null takes a file away. The others stay as they are live.',
  );
export type Changes = z.infer<typeof changes>;

const place = z.number().int().min(1);

export const problem = z.object({
  file: z.string(),
  line: place,
  column: place.describe('In UTF-16 units, as editors count.'),
  end_column: place.describe('Where what is meant ends, on the same line.'),
  sentence: z.string().describe('What is wrong.'),
  mend: z.string().nullable().describe('What to do about it.'),
  severity: z.enum(['error', 'warning']),
});
export type ProjectProblem = z.infer<typeof problem>;

export const fileList = z.object({
  hash: z.string().describe('Names the live version; sent as `base` with what was edited.'),
  folder_differs: z
    .boolean()
    .describe('The files that were taken up from a folder last are others: what is live came over the API.'),
  files: z.array(
    z.object({ path: z.string(), kind: z.enum(['yaml', 'mjml', 'text']), length: z.number().int() }),
  ),
});
export type FileList = z.infer<typeof fileList>;

export const file = z.object({ path: z.string(), hash: z.string(), text: z.string() });

const words = z.object({ en: z.string(), es: z.string() });

export const graph = z.object({
  nodes: z.array(
    z.object({
      id: z.string().describe('As runs know the step; `:start` and `:end` stand around them.'),
      verb: z.string(),
      words,
      message: z.string().nullable(),
      line: z.number().int().nullable().describe('Where it begins in the file.'),
    }),
  ),
  edges: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      label: words.nullable(),
      when: words.nullable(),
      jump: z.boolean().describe('By `goto`.'),
    }),
  ),
});
export type Graph = z.infer<typeof graph>;

export const checkAsked = z.strictObject({
  files: changes.default({}),
  graph_of: z.string().optional().describe('A workflow to be drawn as it is written now.'),
});
export const checked = z.object({
  problems: z.array(problem),
  graph: graph.nullable().describe('Null where its file cannot be read, or none was asked for.'),
});
export type Checked = z.infer<typeof checked>;

export const writing = z.strictObject({
  path: z.string().max(200),
  text: z.string().max(64 * 1024),
  line: place,
  column: place,
});

export const completed = z.object({
  completions: z.array(
    z.object({
      label: z.string(),
      about: z.string(),
      insert: z.string().describe('As a snippet: `$1`, `${2:3 days}`.'),
      from: place.describe('The column from which it takes the place of what is there.'),
      to: place,
    }),
  ),
});
export type Completed = z.infer<typeof completed>;

export const hovered = z.object({
  text: z.string().describe('Markdown; empty where there is nothing to tell.'),
});
export type Hovered = z.infer<typeof hovered>;

export const previewAsked = z.strictObject({ files: changes });
export const deployAsked = z.strictObject({
  files: changes,
  base: z.string().describe('The `hash` of the version that was edited.'),
  start_by_rules: z
    .boolean()
    .default(false)
    .describe(
      'Let people whom the new rules move start workflows; without it nothing is sent because of the rules.',
    ),
});
export const rollbackAsked = z.strictObject({
  hash: z.string().min(6).max(64),
  base: z.string().describe('The `hash` of the version that is live.'),
});

export const deployed = z.object({
  hash: z.string(),
  changed: z.boolean().describe('false: it was live already.'),
  warnings: z.array(problem),
  folder_differs: z.boolean(),
});
export type Deployed = z.infer<typeof deployed>;

export const versionList = z.object({
  versions: z.array(
    z.object({
      hash: z.string(),
      deployed_at: z.iso.datetime(),
      deployed_by: z.string().nullable().describe('Null: from a folder.'),
      live: z.boolean(),
    }),
  ),
});
export type VersionList = z.infer<typeof versionList>;

export const impact = z.object({
  from: z.string().nullable(),
  to: z.string(),
  files: z.array(z.object({ file: z.string(), change: z.enum(['added', 'changed', 'removed']) })),
  workflows: z.array(
    z.object({
      workflow: z.string(),
      change: z.enum(['added', 'changed', 'removed']),
      when_edited: z.enum(['finish_old', 'follow']),
      steps: z.array(
        z.object({
          change: z.enum(['added', 'removed', 'changed', 'moved']),
          step: z.string(),
          verb: z.string(),
        }),
      ),
      inside: z.number().int(),
      displaced: z.array(
        z.object({ step: z.string(), runs: z.number().int(), to: z.string().nullable(), said: z.boolean() }),
      ),
    }),
  ),
  impact: z
    .object({
      people: z.number().int(),
      asked: z.number().int(),
      moves: z.array(z.object({ from: z.string(), to: z.string(), people: z.number().int() })),
      segments: z.array(z.object({ id: z.string(), enter: z.number().int(), leave: z.number().int() })),
      ended_runs: z.array(z.object({ workflow: z.string(), because: words, runs: z.number().int() })),
      messages: z.array(z.object({ id: z.string(), before: z.number().int(), after: z.number().int() })),
    })
    .nullable()
    .describe('Null where nothing that decides changes.'),
});
export type DeployImpact = z.infer<typeof impact>;
