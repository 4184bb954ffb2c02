/** What the lints look at: every file of a project that was read without a mistake, and the places of what stands in it. */
import type { Path } from '../../core/schema.ts';
import type { WorkflowSource } from '../../core/workflows/compile.ts';
import type { DataFile } from '../files/data-file.ts';
import type { HoursFile } from '../files/hours-file.ts';
import type { MapFile } from '../files/map-file.ts';
import type { SegmentsFile } from '../files/segments-file.ts';
import type { SettingsFile } from '../files/settings-file.ts';
import type { StagesFile } from '../files/stages-file.ts';
import type { ToneFile } from '../files/tone-file.ts';
import type { MessageTemplate } from '../messages.ts';
import type { Problem } from '../problem.ts';
import type { ProjectFiles } from '../read-files.ts';
import type { ReadFile } from '../references.ts';

export interface LintInput {
  readonly files: ProjectFiles;
  /** For the places of what is wrong. */
  readonly read: readonly ReadFile[];
  readonly settings: SettingsFile;
  readonly stages: StagesFile;
  readonly tone: ToneFile;
  readonly segments: SegmentsFile;
  readonly map: MapFile;
  readonly hours: HoursFile;
  readonly data: DataFile | null;
  readonly templates: Readonly<Record<string, MessageTemplate>>;
  readonly workflows: readonly { readonly source: WorkflowSource }[];
}

/** One rule of sound projects: what breaks it. */
export type Lint = (input: LintInput) => readonly Problem[];

export const JOURNEY = 'workflows/journey/';

export function workflowFile({ workflow }: WorkflowSource): string {
  return `workflows/${workflow}.yaml`;
}

export function messageFile(id: string): string {
  return `templates/${id}/message.yaml`;
}

/** A problem at what stands at a path of a file, or at the key that leads to it. */
export function problemAt(
  { read }: LintInput,
  severity: Problem['severity'],
  file: string,
  path: Path,
  message: string,
  what: 'key' | 'value' = 'value',
): Problem {
  const found = read.find((one) => one.file === file);
  const position = found?.yaml.positionOf(path, what) ?? { line: 1, column: 1 };
  return { file, ...position, message, severity };
}

/** What is not written: a date or a schedule starts a run each time, everything else once. */
export function reEntryOf({ re_enter, enter_when }: WorkflowSource): NonNullable<WorkflowSource['re_enter']> {
  return re_enter ?? (enter_when.by === 'date' || enter_when.by === 'schedule' ? 'always' : 'never');
}
