import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import type { SentBefore } from '../../engine/recovery.ts';
import { UserError, wordsOf } from '../../errors.ts';

export interface SentList {
  readonly list: readonly SentBefore[];
  /** Lines of mails that are none of ours. */
  readonly foreign: number;
}

/**
 * Reads what a mail server or provider tells that it took: CSV with a head, or JSON lines, of `message_id` and, where
 * known, `to`, `message`, `at`; or a text with one Message-ID on each line.
 *
 * @throws UserError where the file cannot be read.
 */
export async function readSentList(file: string): Promise<SentList> {
  try {
    const lines = await linesOf(file);
    const list = lines.flatMap((line) => sentBefore(line) ?? []);
    return { list, foreign: lines.length - list.length };
  } catch (error) {
    throw new UserError('sent_list', `The list ${file} cannot be read: ${wordsOf(error)}`);
  }
}

type Line = Readonly<Partial<Record<string, string>>>;

async function linesOf(file: string): Promise<readonly Line[]> {
  if (file.endsWith('.csv')) return readCsv(file);
  const lines = (await readFile(file, 'utf8')).split(/\r?\n/).filter((line) => line.trim() !== '');
  if (/\.(jsonl|ndjson)$/.test(file)) return lines.map((line) => JSON.parse(line) as Line);
  return lines.map((line) => ({ message_id: line }));
}

async function readCsv(file: string): Promise<Line[]> {
  const parser = parse({ columns: true, bom: true, trim: true });
  pipeline(createReadStream(file), parser, () => undefined);
  const lines: Line[] = [];
  for await (const line of parser as AsyncIterable<Line>) lines.push(line);
  if (lines[0] && lines[0].message_id === undefined) throw new Error('it has no column "message_id"');
  return lines;
}

/** Our Message-IDs are `<uuid@domain>`; undefined for any other. */
function sentBefore({ message_id = '', to, message, at }: Line): SentBefore | undefined {
  const id = /^\s*<?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(@|>?\s*$)/i.exec(message_id)?.[1];
  if (id === undefined) return undefined;
  const moment = Date.parse(at ?? '');
  return {
    id: id.toLowerCase(),
    address: wordIn(to)?.toLowerCase().replaceAll(/[<>]/g, '') ?? null,
    message: wordIn(message) ?? null,
    at: Number.isNaN(moment) ? null : moment,
  };
}

function wordIn(text: string | undefined): string | undefined {
  return text?.trim() || undefined;
}
