import Table from 'cli-table3';
import colors from 'picocolors';
import { UserError, wordsOf } from '../errors.ts';

/** What commands say: to people on a terminal, or to programs with `--json`. */
export interface Output {
  line(text?: string): void;
  note(text: string): void;
  table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void;
  json(value: unknown): void;
}

export const output: Output = {
  line: (text = '') => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${colors.dim(text)}\n`),
  table(head, rows) {
    const table = new Table({
      head: head.map((cell) => colors.bold(cell)),
      chars: COMPACT,
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
      colAligns: (rows[0] ?? []).map((cell) => (typeof cell === 'number' ? 'right' : 'left')),
    });
    for (const row of rows) table.push([...row].map(String));
    process.stdout.write(`\n${table.toString()}\n`);
  },
  json: (value) => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
};

/** Who did what a command did, in the audit log. */
export const COMMAND_LINE = 'command line';

/** Columns apart by space alone. */
const COMPACT: Readonly<Record<string, string>> = Object.fromEntries<string>(
  ['top', 'bottom', 'left', 'right', 'mid', 'middle', 'left-mid', 'mid-mid', 'right-mid'].flatMap((place) =>
    ['', '-left', '-mid', '-right'].map((end): [string, string] => [`${place}${end}`, '']),
  ),
);

/** Tells an error as its reader needs it: a sentence and the mend for users, the stack for bugs. */
export function tellError(error: unknown): void {
  if (error instanceof UserError || (error instanceof Error && error.name === 'EmbeddedError')) {
    process.stderr.write(`${colors.red('✖')} ${error.message}\n`);
    if (error instanceof UserError) for (const detail of error.details) process.stderr.write(`  ${detail}\n`);
    return;
  }
  if (isAway(error)) {
    process.stderr.write(
      `${colors.red('✖')} The database or Redis did not do what was asked: ${wordsOf(error)}\n`,
    );
    return;
  }
  process.stderr.write(`${colors.red('✖')} This is a bug in Etapa; please report it with what follows.\n`);
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}

/**
 * What no program is to blame for: connections that fail or are cut, and a database that is full, shutting down or
 * refuses us (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 */
function isAway(error: unknown): boolean {
  const { code, cause, message } = (error ?? {}) as { code?: unknown; cause?: unknown; message?: unknown };
  if (cause !== undefined) return isAway(cause);
  return AWAY.test(String(code)) || String(message).startsWith('Connection terminated');
}

const AWAY =
  /^(08|28|3D|53)\w{3}$|^57P\w\w$|^42501$|^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN)$/;

/** Advances in place on a terminal; a line now and then elsewhere. */
export function progressBar(label: string): {
  at(share: number, words: string): void;
  done(words: string): void;
} {
  const live = process.stderr.isTTY;
  let told = -1;
  return {
    at(share, words) {
      const step = Math.floor(Math.min(1, share) * (live ? 200 : 4));
      if (step === told) return;
      told = step;
      const filled = Math.round(Math.min(1, share) * 30);
      const bar = `${'█'.repeat(filled)}${'░'.repeat(30 - filled)}`;
      const text = `${label} ${bar} ${Math.floor(Math.min(1, share) * 100)} %  ${words}`;
      process.stderr.write(live ? `\r\u001B[2K${text}` : `${text}\n`);
    },
    done(words) {
      process.stderr.write(
        live ? `\r\u001B[2K${colors.green('✔')} ${label}: ${words}\n` : `${label}: ${words}\n`,
      );
    },
  };
}
