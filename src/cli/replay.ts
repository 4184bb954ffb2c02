import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { IncomingEvent, Instant } from '../core/events/event.ts';
import { parseDuration, exactMilliseconds, type Duration } from '../core/time/duration.ts';
import { movableClock } from '../engine/clocks.ts';
import { createActivity, moveClock, receiveAll } from '../engine/replay.ts';
import { UserError } from '../errors.ts';
import { readProjectFiles } from '../project/read-files.ts';
import { summarize } from '../store/summary.ts';
import { output, progressBar } from './output.ts';
import { readEvents, tellUnread, type Mapping } from './replay-file.ts';
import { tellSummary } from './status.ts';
import { openSurroundings } from './surroundings.ts';

interface ReplayOptions {
  readonly project: string;
  readonly speed: number;
  readonly column: Record<string, string>;
  readonly event: Record<string, string>;
  readonly goOn: Duration;
  readonly step: Duration;
  readonly sendTo?: string;
  readonly json?: boolean;
}

export function addReplay(program: Command): void {
  program
    .command('replay <file>')
    .description('run a file of past events (CSV, or JSON lines of Segment calls) through the real engine')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--speed <times>', '"max", or how many seconds pass for each of ours', readSpeed, Infinity)
    .option(
      '--column <name=column>',
      'which column tells user_id, anonymous_id, event, at or message_id',
      pair,
      {},
    )
    .option(
      '--event <word=event>',
      'what a word in the event column means, such as cart=product_added',
      pair,
      {},
    )
    .option(
      '--go-on <duration>',
      'how long the clock goes on after the last event',
      readDuration,
      parseDuration('1 day'),
    )
    .option(
      '--step <duration>',
      'how far the clock moves at once; the outcome does not depend on it',
      readDuration,
      parseDuration('1 day'),
    )
    .option(
      '--send-to <smtp url>',
      'really hand messages over, to this server; without it none leaves the house',
    )
    .option('--json', 'answer with the summary as JSON')
    .action(replay);
}

async function replay(file: string, options: ReplayOptions): Promise<void> {
  if (!existsSync(file)) throw new UserError('file_missing', `There is no file ${file}.`);
  const mapping = { columns: options.column, events: options.event };
  const { events, from, last, problems } = await lookThrough(file, mapping);
  const clock = movableClock(from);
  const activity = createActivity();
  const { app, folder, close } = await openSurroundings({
    project: options.project,
    hold: true,
    overrides: {
      clock,
      smtp_url: options.sendTo,
      mail: { internal_headers: true },
      onTurned: activity.turned,
      onSent: activity.sent,
      onError: activity.fail,
      onParcel: () => undefined,
    },
  });
  try {
    await app.deploy(await readProjectFiles(folder));
    await app.store.recover();
    app.start(new Set(['engine', 'sender']));
    const parts = { store: app.store, bell: app.bell, clock, live: app.live, activity };
    const receiving = progressBar('Receiving');
    const source = `replay:${basename(file)}`;
    const added = await receiveAll(parts, eventsOf(file, mapping), source, (done) =>
      receiving.at(done / events, `${done} of ${events} events`),
    );
    receiving.done(`${added} new events of ${events}`);
    const until = last + exactMilliseconds(options.goOn);
    const moving = progressBar('Replaying');
    await moveClock(parts, {
      until,
      step: exactMilliseconds(options.step),
      speed: options.speed,
      onProgress: (now) => moving.at((now - from) / (until - from), new Date(now).toISOString().slice(0, 10)),
    });
    moving.done(`up to ${new Date(until).toISOString()}`);
    if (options.json) output.json({ added, problems, ...(await summarize(app.db)) });
    else await tellSummary(app);
  } finally {
    await close();
  }
}

interface Look {
  readonly events: number;
  readonly from: Instant;
  readonly last: Instant;
  readonly problems: readonly string[];
}

/**
 * Reads the file once before anything of it is stored: a clock begins with its earliest event, and a file that cannot be
 * read to its end leaves nothing behind. It may be larger than the memory.
 */
async function lookThrough(file: string, mapping: Mapping): Promise<Look> {
  let [events, from, last] = [0, Infinity, -Infinity];
  const problems: string[] = [];
  for await (const line of readEvents(file, mapping)) {
    if ('problem' in line) {
      problems.push(line.problem);
      continue;
    }
    events += 1;
    from = Math.min(from, line.event.received_at);
    last = Math.max(last, line.event.received_at);
  }
  tellUnread(problems);
  if (events === 0) throw new UserError('file_empty', `There is no event in ${file}.`);
  return { events, from, last, problems };
}

async function* eventsOf(file: string, mapping: Mapping): AsyncGenerator<IncomingEvent> {
  for await (const line of readEvents(file, mapping)) if ('event' in line) yield line.event;
}

function readSpeed(text: string): number {
  if (text === 'max') return Infinity;
  const speed = Number(text);
  if (!(speed > 0))
    throw new InvalidArgumentError('Write "max" or a number above 0, such as 3600 for an hour a second.');
  return speed;
}

function readDuration(text: string): Duration {
  const duration = parseDuration(text);
  if (!duration) throw new InvalidArgumentError('Write it like "30 minutes" or "3 days".');
  return duration;
}

function pair(text: string, known: Record<string, string>): Record<string, string> {
  const place = text.indexOf('=');
  if (place < 1) throw new InvalidArgumentError('Write it as name=value.');
  return { ...known, [text.slice(0, place)]: text.slice(place + 1) };
}
