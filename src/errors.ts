/** What can go wrong for a user, with the sentence that tells the mend. Everything else that is thrown is a bug. */
export class UserError extends Error {
  readonly code: string;
  /** Further lines, such as the problems of a project's files. */
  readonly details: readonly string[];

  constructor(code: string, message: string, details: readonly string[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/**
 * What an error says, without what it was about: a failed statement names its values, and they may be personal.
 * Where the cause is known, that is told.
 */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause, code } = error as { cause?: unknown; code?: string };
  if (cause instanceof Error) return wordsOf(cause);
  // Node tells a refused connection to several addresses without words.
  return error.message === '' ? (code ?? error.name) : error.message;
}
