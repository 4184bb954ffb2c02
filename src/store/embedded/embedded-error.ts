/** What stops the embedded PostgreSQL from starting, said to the person who started it. */

/** The message is a plain sentence that tells the mend; users need no stack. */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError';
}

/** The error as it is when it already speaks to the user, else wrapped in a sentence that does. */
export function asEmbeddedError(error: unknown, home: string): EmbeddedError {
  if (error instanceof EmbeddedError) return error;
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM')
    return new EmbeddedError(forbidden(path ?? home), { cause: error });
  return new EmbeddedError(
    `The embedded PostgreSQL in ${home} cannot be used: ${message}. ` +
      'Mend that, or set DATABASE_URL to use a PostgreSQL server of your own.',
    { cause: error },
  );
}

function forbidden(path: string): string {
  return (
    `This user may not use ${path}, where the embedded PostgreSQL lives. ` +
    'Run the command as the user who started it first, or set DATABASE_URL to use a PostgreSQL server of your own.'
  );
}
