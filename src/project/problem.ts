/** What is wrong in a file, where it stands, and how to mend it: the one way in which checks of a project speak. */

export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units, as editors count. */
  readonly column: number;
  /** One plain sentence without a full stop, which says what is wrong and how to mend it. */
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/** One line, in the form that terminals and editors turn into a link: `file:line:column  message`. */
export function formatProblem({ file, line, column, message, severity }: Problem): string {
  return `${file}:${line}:${column}  ${severity === 'warning' ? 'warning: ' : ''}${message}`;
}

/** A new list, by file and then from the top of the file to its end. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (a, b) =>
      compareText(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compareText(a.message, b.message),
  );
}

/** By code unit, so that the order is the same on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
