/** Who gets what, row by row while it is being simulated: as a file for spreadsheets, or to read. */
import { closeSync, openSync, writeSync } from 'node:fs';
import colors from 'picocolors';
import { UserError, wordsOf } from '../../errors.ts';
import { clockWords } from '../../simulate/moment.ts';
import type { MessageRow } from '../../simulate/simulate.ts';
import { output } from '../output.ts';
import { plainRow } from './plain.ts';

export interface RowWriter {
  row(row: MessageRow): void;
  close(): void;
}

const COLUMNS = [
  ...[
    'contact',
    'at',
    'local_time',
    'time_zone',
    'workflow',
    'step',
    'message',
    'channel',
    'tone',
    'language',
  ],
  ...['sent', 'held_back_because'],
];

/** Comma-separated values by RFC 4180; `-` is the standard output. */
export function csvWriter(file: string): RowWriter {
  const handle = file === '-' ? process.stdout.fd : opened(file);
  let text = lineOf(COLUMNS);
  const flush = (): void => {
    writeAll(handle, text);
    text = '';
  };
  return {
    row(row) {
      text += lineOf(cellsOf(row));
      if (text.length > CHUNK) flush();
    },
    close() {
      flush();
      if (file !== '-') closeSync(handle);
    },
  };
}

const CHUNK = 64 * 1024;

function opened(file: string): number {
  try {
    return openSync(file, 'w');
  } catch (error) {
    throw new UserError('file_unwritable', `${file} cannot be written: ${wordsOf(error)}`);
  }
}

/** A pipe takes what it can, and is asked again for the rest. */
function writeAll(handle: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length;) {
    try {
      from += writeSync(handle, bytes, from);
    } catch (error) {
      if ((error as { code?: string }).code !== 'EAGAIN') throw error;
    }
  }
}

function cellsOf(row: MessageRow): string[] {
  const { contact, at, zone, workflow, step, message, channel, tone, language, held_back } = row;
  return [
    ...[contact, new Date(at).toISOString(), clockWords(at, zone).slice(4), zone],
    ...[workflow, step, message, channel, tone, language],
    ...[held_back ? 'no' : 'yes', held_back?.en ?? ''],
  ];
}

function lineOf(cells: readonly string[]): string {
  return `${cells.map(quoted).join(',')}\r\n`;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** One block for each person who would get something; with `json` one line of JSON. */
export function peopleWriter(json: boolean): RowWriter {
  let rows: MessageRow[] = [];
  const flush = (): void => {
    if (rows.length === 0) return;
    if (json) output.line(JSON.stringify(personOf(rows)));
    else tellPerson(rows);
    rows = [];
  };
  return {
    row(row) {
      if (rows[0]?.contact !== row.contact) flush();
      rows.push(row);
    },
    close: flush,
  };
}

function personOf(rows: readonly MessageRow[]): object {
  return { contact: rows[0]?.contact, messages: rows.map(({ contact: _contact, ...row }) => plainRow(row)) };
}

function tellPerson(rows: readonly MessageRow[]): void {
  output.line(colors.bold(rows[0]?.contact));
  for (const { at, zone, message, tone, held_back } of rows) {
    const what = held_back ? colors.yellow(`held back: ${held_back.en}`) : colors.dim(tone);
    output.line(`  ${clockWords(at, zone)}  ${message}  ${what}`);
  }
}
