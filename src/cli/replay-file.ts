import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import type { IncomingEvent } from '../core/events/event.ts';
import { eventName, propertyName } from '../core/events/names.ts';
import { readCalls } from '../core/events/segment.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { UserError, wordsOf } from '../errors.ts';
import { output } from './output.ts';

/** Which column says what, and what the file's own words for events mean. */
export interface Mapping {
  /** Of `user_id`, `anonymous_id`, `event`, `at`, `message_id`: the column's name in the file. */
  readonly columns: Readonly<Record<string, string>>;
  readonly events: Readonly<Record<string, string>>;
}

/** What one line came to. A line that cannot be read is told as `file:line  why`. */
export type ReadLine = { readonly event: IncomingEvent } | { readonly problem: string };

/**
 * Reads a file of events line by line: CSV with a mapping of its columns, or JSON lines of Segment calls.
 *
 * @throws UserError where the file as a whole cannot be read.
 */
export function readEvents(file: string, mapping: Mapping): AsyncGenerator<ReadLine> {
  return /\.(jsonl|ndjson)$/.test(file) ? readLines(file) : readCsv(file, mapping);
}

export interface EventsOfFile {
  readonly events: readonly IncomingEvent[];
  readonly problems: readonly string[];
}

/** All of a file at once. */
export async function readEventsFile(file: string, mapping: Mapping): Promise<EventsOfFile> {
  const events: IncomingEvent[] = [];
  const problems: string[] = [];
  for await (const line of readEvents(file, mapping)) {
    if ('event' in line) events.push(line.event);
    else problems.push(line.problem);
  }
  return { events, problems };
}

/** Columns that are taken for these where the mapping does not say otherwise. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  user_id: ['user_id', 'userId', 'customer_id'],
  anonymous_id: ['anonymous_id', 'anonymousId'],
  event: ['event', 'event_type', 'event_name'],
  at: ['at', 'timestamp', 'event_time', 'occurred_at', 'time'],
  message_id: ['message_id', 'messageId'],
};

type Columns = Readonly<
  Record<'user_id' | 'anonymous_id' | 'event' | 'at' | 'message_id', string | undefined>
>;

const MOST_TOLD = 10;

export function tellUnread(problems: readonly string[]): void {
  for (const problem of problems.slice(0, MOST_TOLD)) output.note(problem);
  const more = problems.length - MOST_TOLD;
  if (more > 0) output.note(`… and ${more} more lines that cannot be read`);
}

async function* readCsv(file: string, mapping: Mapping): AsyncGenerator<ReadLine> {
  let columns: Columns | undefined;
  const parser = parse({ columns: true, bom: true, info: true, trim: true });
  // What goes wrong with the file ends the parser too, and is thrown below.
  pipeline(createReadStream(file), parser, () => undefined);
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: Record<string, string>;
      info: { lines: number };
    }>) {
      columns ??= columnsOf(file, Object.keys(record), mapping);
      const read = eventOf(record, columns, mapping);
      yield typeof read === 'string' ? { problem: `${file}:${info.lines}  ${read}` } : { event: read };
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw unreadable(file, error);
  }
}

function columnsOf(file: string, header: readonly string[], { columns }: Mapping): Columns {
  for (const column of Object.values(columns)) {
    if (header.includes(column)) continue;
    throw new UserError(
      'column_missing',
      `${file}:1  there is no column "${column}"; its columns are ${header.join(', ')}.`,
    );
  }
  const find = (name: string): string | undefined =>
    columns[name] ?? USUAL[name]?.find((column) => header.includes(column));
  const found: Columns = {
    user_id: find('user_id'),
    anonymous_id: find('anonymous_id'),
    event: find('event'),
    at: find('at'),
    message_id: find('message_id'),
  };
  for (const name of ['event', 'at'] as const) {
    if (found[name] !== undefined) continue;
    throw new UserError(
      'column_missing',
      `${file}:1  no column tells "${name}"; name it with --column ${name}=COLUMN (columns: ${header.join(', ')}).`,
    );
  }
  if (found.user_id === undefined && found.anonymous_id === undefined) {
    throw new UserError(
      'column_missing',
      `${file}:1  no column tells who it was; name it with --column user_id=COLUMN.`,
    );
  }
  return found;
}

function eventOf(record: Record<string, string>, columns: Columns, mapping: Mapping): IncomingEvent | string {
  const cell = (column: string | undefined): string => (column === undefined ? '' : (record[column] ?? ''));
  const at = momentOf(cell(columns.at));
  const user_id = cell(columns.user_id);
  const anonymous_id = cell(columns.anonymous_id);
  const word = cell(columns.event);
  if (at === undefined) return `"${cell(columns.at)}" is not a time; write it like 2026-01-31T09:00:00Z`;
  if (user_id === '' && anonymous_id === '') return 'nobody is named';
  if (word === '') return 'no event is named';
  return {
    message_id:
      cell(columns.message_id) || `csv:${createHash('sha256').update(JSON.stringify(record)).digest('hex')}`,
    type: 'track',
    name: mapping.events[word] ?? eventName(word),
    occurred_at: at,
    received_at: at,
    properties: propertiesOf(record, columns),
    ...(user_id === '' ? {} : { user_id }),
    ...(anonymous_id === '' ? {} : { anonymous_id }),
  };
}

/** ISO 8601, with a blank for the T, and UTC where no zone is written. */
function momentOf(text: string): number | undefined {
  const iso = text.replace(' UTC', 'Z').replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T');
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(iso)) return undefined;
  const at = Date.parse(/T.*(Z|[+-]\d{2}:?\d{2})$/.test(iso) || iso.length === 10 ? iso : `${iso}Z`);
  return Number.isNaN(at) ? undefined : at;
}

function propertiesOf(record: Record<string, string>, columns: Columns): JsonObject {
  const taken = new Set(Object.values(columns));
  const properties = Object.entries(record).flatMap(([column, text]): [string, Json][] =>
    taken.has(column) || text === '' ? [] : [[propertyName(column), numberOrText(text)]],
  );
  return Object.fromEntries(properties);
}

/** Only what is written exactly as a number would be: ids of many digits and of leading zeros stay text. */
function numberOrText(text: string): number | string {
  const number = Number(text);
  return /^-?\d{1,12}(\.\d+)?$/.test(text) && !/^-?0\d/.test(text) ? number : text;
}

function unreadable(file: string, error: unknown): UserError {
  return new UserError('file_unreadable', `${file} cannot be read: ${wordsOf(error)}`);
}

async function* readLines(file: string): AsyncGenerator<ReadLine> {
  let number = 0;
  for await (const line of linesOf(file)) {
    number += 1;
    if (line.trim() === '') continue;
    const new_id = (): string => `line:${createHash('sha256').update(line).digest('hex')}`;
    const { accepted, rejected } = readCalls({ batch: [jsonOf(line)] }, 'batch', {
      received_at: NEVER,
      new_id,
    });
    for (const event of accepted) yield { event: { ...event, received_at: event.occurred_at } };
    for (const { message } of rejected) yield { problem: `${file}:${number}  ${message}` };
  }
}

/** By line feeds alone: node:readline ends lines at U+2028 too, which may stand inside a text of JSON. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const chunk of createReadStream(file, 'utf8') as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  yield rest;
}

/** Later than any event, so that none is taken for one of the future. */
const NEVER = Date.UTC(9999, 0);

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
