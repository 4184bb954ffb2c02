/** What can be done with the texts of a project while they are written: handed to those who know the project by its types. */
import { workflowSchema, type WorkflowSource } from '../core/workflows/compile.ts';
import type { Path } from '../core/schema.ts';
import { completionsAt, explanationAt } from './editor.ts';
import { isProjectPath, overlaid } from './overlay.ts';
import { formatProblem } from './problem.ts';
import type { ProjectFiles } from './read-files.ts';
import { withStatus } from './status.ts';
import { readYaml } from './yaml.ts';

export const editing = {
  completionsAt,
  explanationAt,
  formatProblem,
  isProjectPath,
  overlaid,
  readWorkflow,
  withStatus,
};
export type Editing = typeof editing;

export interface WrittenWorkflow {
  readonly source: WorkflowSource;
  lineOf(path: Path): number;
}

/** By its file alone, whatever is wrong elsewhere; undefined where it cannot be read. */
function readWorkflow(files: ProjectFiles, id: string): WrittenWorkflow | undefined {
  const path = `workflows/${id}.yaml`;
  const { value, positionOf } = readYaml(path, files[path] ?? '', workflowSchema);
  return value && { source: value, lineOf: (place) => positionOf(place).line };
}
