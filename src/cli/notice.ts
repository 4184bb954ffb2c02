/** `etapa notice`: which notices are on, and beginning and ending one by command. */
import type { Command } from 'commander';
import type { App } from '../app.ts';
import type { Instant } from '../core/events/event.ts';
import type { NoticeStanding } from '../engine/notices.ts';
import { clockWords } from './explain/times.ts';
import { output } from './output.ts';
import { withApp } from './surroundings.ts';

interface Options {
  readonly project: string;
  readonly json?: boolean;
}

export function addNotice(program: Command): void {
  const notice = program
    .command('notice')
    .description('notices of hours.yaml: which are on, begin one, end one');
  addTo(notice, 'list', 'which notices are on, and when the others begin').action((options: Options) =>
    withApp(options, async (app) => {
      const notices = await app.notices.list();
      if (options.json) output.json({ notices });
      else tellAll(notices, zoneOf(app));
    }),
  );
  addTo(
    notice,
    'start <id>',
    'begin a notice now: whom it is told is written to, and what rests meanwhile rests',
  )
    .option('--until <date>', 'the last day on which it is on, such as 2026-12-05; else until it is ended')
    .action((id: string, options: Options & { readonly until?: string }) =>
      withApp(options, async (app) => {
        const standing = await app.notices.start(id, options.until ?? null, BY_COMMAND);
        if (options.json) return output.json(standing);
        output.line(`${id} is on ${endWords(standing.to, zoneOf(app))}.`);
      }),
    );
  addTo(notice, 'end <id>', 'end a notice that is on: what waited goes on').action(
    (id: string, options: Options) =>
      withApp(options, async (app) => {
        const standing = await app.notices.end(id, BY_COMMAND);
        if (options.json) return output.json(standing);
        output.line(`${id} is over; what waited for it goes on.`);
      }),
  );
}

const BY_COMMAND = 'etapa notice';

function addTo(notice: Command, name: string, description: string): Command {
  return notice
    .command(name)
    .description(description)
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--json', 'answer as JSON');
}

function zoneOf(app: App): string {
  return app.live().settings.time_zone;
}

function tellAll(notices: readonly NoticeStanding[], zone: string): void {
  if (notices.length === 0)
    return output.line('No notices are written; write "notices" in workflows/journey/hours.yaml.');
  output.table(
    ['notice', 'now', 'begins', 'ends', 'begun by'],
    notices.map(({ id, is_on, is_shown, from, to, started_by }) => [
      ...[id, is_on ? 'on' : is_shown ? 'shown' : '–', wordsOf(from, zone)],
      ...[from === null ? '–' : to === null ? 'when it is ended' : wordsOf(to, zone), started_by ?? '–'],
    ]),
  );
}

function endWords(to: Instant | null, zone: string): string {
  return to === null ? 'until it is ended' : `until ${wordsOf(to, zone)}`;
}

function wordsOf(instant: Instant | null, zone: string): string {
  return instant === null ? '–' : clockWords(instant, zone, 'en');
}
