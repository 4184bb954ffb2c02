import { pino, type Logger } from 'pino';
import { masked, toLog } from './redact.ts';

export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug'> & {
  /** For what holds loggers of its own, such as the HTTP server. */
  readonly pino: Logger;
  /** Told at every level but `silent`. */
  announce(words: string): void;
};

export interface LogOptions {
  readonly level: string;
  /** Plain words for people, in place of one line of JSON for each record. */
  readonly plain: boolean;
  write(line: string): void;
}

/** The one way in which running processes tell what happens: no personal data, one line each. */
export function createLog({ level, plain, write }: LogOptions): Log {
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: toLog, error: toLog },
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: masked },
    },
    { write: plain ? (line) => write(inWords(line)) : write },
  );
  const announcer = level === 'silent' ? logger : logger.child({}, { level: 'info' });
  return {
    pino: logger,
    debug: logger.debug.bind(logger),
    info: logger.info.bind(logger),
    warn: logger.warn.bind(logger),
    error: logger.error.bind(logger),
    announce: (words) => announcer.info(words),
  };
}

interface Line {
  readonly level: string;
  readonly msg?: string;
  readonly err?: { readonly message: string; readonly stack?: string };
  readonly problems?: readonly string[];
}

const SIGNS: Readonly<{ [level: string]: string }> = { warn: '! ', error: '✖ ', fatal: '✖ ' };

function inWords(line: string): string {
  const { level, msg = '', err, problems = [] } = JSON.parse(line) as Line;
  const why = err ? `: ${err.message}${err.stack === undefined ? '' : `\n${err.stack}`}` : '';
  return [`${SIGNS[level] ?? ''}${msg}${why}`, ...problems.map((one) => `  ${one}`), ''].join('\n');
}
