/** A condition that stands by itself, outside of any file of the project: asked once, and not deployed. */
import { conditionSchema, type Condition } from '../core/conditions/condition.ts';
import { idsOf } from './ids.ts';
import type { Problem } from './problem.ts';
import type { ProjectFiles } from './read-files.ts';
import { checkReferences, type Known } from './references.ts';
import { readYaml } from './yaml.ts';

export interface ReadCondition {
  /** Only when there is no problem. */
  readonly condition?: Condition;
  readonly problems: readonly Problem[];
}

/** Reads YAML, or JSON, which is YAML too; problems are told as of a file of this name. */
export function readCondition(file: string, text: string, files: ProjectFiles): ReadCondition {
  const yaml = readYaml(file, text, conditionSchema);
  if (yaml.value === undefined) return { problems: yaml.problems };
  const problems = checkReferences({ file, text, yaml }, knownIn(files));
  return problems.length === 0 ? { condition: yaml.value, problems } : { problems };
}

/** The files of a project that is live stay the same object, and are asked about again and again. */
const known = new WeakMap<ProjectFiles, Known>();

function knownIn(files: ProjectFiles): Known {
  const found = known.get(files) ?? idsOf(files);
  known.set(files, found);
  return found;
}
