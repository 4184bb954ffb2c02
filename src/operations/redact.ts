import { UserError } from '../errors.ts';

/** An error as the log tells it. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  /** SQLSTATE, or Node's own. */
  readonly code?: string;
  /** Where in the code it was thrown; never what it says. */
  readonly stack?: string;
}

/**
 * What an error says, without what it was about. A failed statement names its values; PostgreSQL quotes them, and tells
 * them once more in `detail`, which is left out; parsers quote what they were given. What is ours to mend (UserError)
 * is told as it is, but for addresses.
 */
export function toLog(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: masked(String(error)) };
  const cause = causeOf(error);
  const { code } = cause as { code?: unknown };
  const stack = framesOf(cause);
  return {
    type: cause.name,
    message: masked(wordsFor(cause)),
    ...(typeof code === 'string' ? { code } : {}),
    ...(stack === '' || cause instanceof UserError ? {} : { stack }),
  };
}

function causeOf(error: Error): Error {
  return error.cause instanceof Error ? causeOf(error.cause) : error;
}

/** Names of constraints, tables and columns may be told: these classes of SQLSTATE quote nothing else. */
const QUOTES_NAMES = /^(08|23|25|28|40|42|53|55|57)\w{3}$/;

function wordsFor(error: Error): string {
  const { code } = error as { code?: unknown };
  const words = error.message === '' ? String(code ?? error.name) : error.message;
  const is_safe = error instanceof UserError || QUOTES_NAMES.test(String(code));
  return is_safe ? words : withoutQuotes(words);
}

/** From the first quote to the last: what was quoted may hold quotes itself. */
function withoutQuotes(words: string): string {
  const first = words.indexOf('"');
  const last = words.lastIndexOf('"');
  if (first === -1) return words;
  return first === last ? `${words.slice(0, first)}"…` : `${words.slice(0, first)}"…${words.slice(last)}`;
}

/** The lines of the stack that name places. */
function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}

/** The last net, for whatever is written: addresses of people, and secrets in our own links and keys. */
export function masked(text: string): string {
  return text
    .replaceAll(CREDENTIALS, '$1[credentials]@')
    .replaceAll(ADDRESS, '[address]')
    .replaceAll(LINK, '$1[token]')
    .replaceAll(KEY, '$1_[key]');
}

const ADDRESS = /[^\s<>"'\\,;:()[\]/?&=]+(?:@|%40)[\p{L}\p{N}.-]+\.[\p{L}\p{N}-]+/gu;
const LINK = /(\/(?:[upysco]|invitations?)\/)[\w-]{20,}/g;
const KEY = /\b(etapa_[wa]k|whsec)_[\w+/=-]+/g;
/** `scheme://user:password@` */
const CREDENTIALS = /(\w+:\/\/)[^\s/@]+@/g;
