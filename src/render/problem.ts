import type { Problem as ProblemOfProject } from '../project/problem.ts';

/** Something wrong in a template; always an error. */
export type Problem = Omit<ProblemOfProject, 'severity'>;

/** A text with its name, and the line of the file on which the text begins (for texts inside a YAML file). */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly first_line: number;
}

export function problemAt(source: Source, offset: number, message: string): Problem {
  const before = source.text.slice(0, offset);
  const line = source.first_line + (before.match(/\n/g)?.length ?? 0);
  return { file: source.file, line, column: offset - before.lastIndexOf('\n'), message };
}

/** The same for a place given by line (from 1) and column (from 0), as the Handlebars parser gives it. */
export function problemOn(source: Source, line: number, column: number, message: string): Problem {
  return { file: source.file, line: source.first_line + line - 1, column: column + 1, message };
}

export function inOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
}
