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
