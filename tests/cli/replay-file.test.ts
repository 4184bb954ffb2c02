import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readEvents, readEventsFile, type EventsOfFile, type ReadLine } from '../../src/cli/replay-file.ts';
import { UserError } from '../../src/errors.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etapa-replay-'));
});
afterAll(() => rm(folder, { recursive: true }));

const NOTHING_MAPPED = { columns: {}, events: {} };

async function written(file: string, text: string): Promise<string> {
  await writeFile(join(folder, file), text);
  return join(folder, file);
}

const read = async (file: string, text: string): Promise<EventsOfFile> =>
  readEventsFile(await written(file, text), NOTHING_MAPPED);

function call(event: string): string {
  return JSON.stringify({ type: 'track', userId: 'ana', event, timestamp: '2026-01-05T09:00:00Z' });
}

it.each<[string, string, RegExp]>([
  ['noise.csv', '\u0000\u0001"\u0002\n', /noise\.csv(:1 {2}no column tells| cannot be read: )/],
  ['ragged.csv', 'user_id,event,at\nana,x\n', /ragged\.csv cannot be read: .*line 2/],
  [
    'no-event.csv',
    'user_id,what,at\nana,x,2026-01-05T09:00:00Z\n',
    /no-event\.csv:1 {2}no column tells "event"; name it with --column event=COLUMN \(columns: user_id, what, at\)/,
  ],
  ['no-person.csv', 'event,at\nx,2026-01-05T09:00:00Z\n', /no-person\.csv:1 {2}no column tells who it was/],
])('%s is refused with its name and the mend', async (file, text, words) => {
  const reading = read(file, text);
  await expect(reading).rejects.toThrow(words);
  await expect(reading).rejects.toBeInstanceOf(UserError);
});

it.each(['folder.csv', 'folder.jsonl'])('%s is no file, and that is said', async (name) => {
  await mkdir(join(folder, name));
  const reading = readEventsFile(join(folder, name), NOTHING_MAPPED);
  await expect(reading).rejects.toThrow(new RegExp(`${name} cannot be read: .*directory`));
  await expect(reading).rejects.toBeInstanceOf(UserError);
});

it.each([
  ['empty.csv', ''],
  ['header.csv', 'user_id,event,at\n'],
  ['empty.jsonl', ''],
  ['blank.jsonl', '\n \n'],
])('in %s there is nothing', async (file, text) => {
  expect(await read(file, text)).toEqual({ events: [], problems: [] });
});

it('names each line that cannot be read, and reads the others', async () => {
  const { events, problems } = await read('lines.jsonl', `${call('a')}\r\n\nno json\n${call('b')}`);
  expect(events.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(problems).toEqual([expect.stringMatching(/lines\.jsonl:3 {2}\w+/)]);
});

it('ends a line of JSON at a line feed alone, wherever a piece of the file ends', async () => {
  // Characters of three bytes, one of which others take for the end of a line, over several pieces of the file.
  const long = (letter: string): string => `${letter}${'\u2028€'.repeat(5000)}`;
  const names = [...'abcdefghij'].map(long);
  const calls = names.map((word) => JSON.stringify({ ...JSON.parse(call('said')), properties: { word } }));
  const { events, problems } = await read('long.jsonl', calls.join('\n'));
  expect(problems).toEqual([]);
  expect(events.map(({ properties }) => properties.word)).toEqual(names);
});

it('holds no more of a file than what is being read', async () => {
  const file = await written(
    'late.csv',
    `user_id,event,at\n${'ana,x,2026-01-05T09:00:00Z\n'.repeat(50_000)}ana\n`,
  );
  const lines = readEvents(file, NOTHING_MAPPED);
  // The last line cannot be read; whoever had read all of it would know.
  const { value } = (await lines.next()) as IteratorYieldResult<ReadLine>;
  expect(value).toHaveProperty('event.name', 'x');
  await lines.return(undefined);
});
