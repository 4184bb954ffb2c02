import { existsSync } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';
import type { Instant } from '../core/events/event.ts';
import type { Project } from '../core/project.ts';
import { DAY, dayOf } from '../core/time/date.ts';
import { instantAt, startOfDay } from '../core/time/zone.ts';
import { UserError } from '../errors.ts';
import { loadProject, type LoadedProject } from '../project/load.ts';
import { formatProblem } from '../project/problem.ts';
import { compare } from '../simulate/compare.ts';
import { EndlessMoment } from '../simulate/live.ts';
import { clockWords } from '../simulate/moment.ts';
import { simulate, type SimulateOptions } from '../simulate/simulate.ts';
import type { Simulation } from '../simulate/tally.ts';
import { output, progressBar } from './output.ts';
import { inDatabase } from './simulate/database.ts';
import { plainOutcome, type Outcome } from './simulate/plain.ts';
import { loadFolder } from './simulate/project-folder.ts';
import { csvWriter, peopleWriter, type RowWriter } from './simulate/rows.ts';
import { openFile, type Deployed, type Histories } from './simulate/sources.ts';
import { tellComparison, tellSimulation } from './simulate/tables.ts';

interface Options {
  readonly project: string;
  readonly from?: string;
  readonly until?: string;
  readonly against?: string;
  readonly column: Record<string, string>;
  readonly event: Record<string, string>;
  readonly people?: boolean;
  readonly csv?: string;
  readonly json?: boolean;
}

export function addSimulate(program: Command, deployed: Deployed = inDatabase): void {
  program
    .command('simulate [file]')
    .description(
      'what the project would have done with past events (a file, or those in the database); nothing is sent',
    )
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--from <time>', 'the project goes live then; what came before is only remembered', readTime)
    .option('--until <time>', 'the last moment; by default that of the last event', readTime)
    .option('--against <folder or version>', 'compare with another version of the project')
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
    .option('--people', 'only list who gets what, and when')
    .option(
      '--csv <file>',
      'write who gets what, when, in which tone, and what is held back why; - for the terminal',
    )
    .option('--json', 'answer as JSON')
    .action((file: string | undefined, options: Options) => simulateHistory(file, options, deployed));
}

async function simulateHistory(
  file: string | undefined,
  options: Options,
  deployed: Deployed,
): Promise<void> {
  const loaded = await loadFolder(options.project);
  const { project } = loaded;
  const before =
    options.against === undefined ? undefined : await versionOf(options.against, options, deployed);
  const from = options.from === undefined ? undefined : startAt(options.from, project);
  const until = options.until === undefined ? undefined : endAt(options.until, project);
  const histories = await openHistories(file, options, deployed, until);
  try {
    const span = { from, until: until ?? histories.until };
    if (from !== undefined && from > span.until)
      throw new UserError('time_empty', 'Nothing lies between --from and --until.');
    await run(project, before?.project, histories, span, options);
  } finally {
    await histories.close();
  }
}

async function versionOf(name: string, { project }: Options, deployed: Deployed): Promise<LoadedProject> {
  if (existsSync(name)) return loadFolder(name);
  const files = await deployed.readVersion(project, name);
  const { loaded, problems } = loadProject(files);
  if (loaded) return loaded;
  const details = problems.map(formatProblem);
  throw new UserError('project_unsound', `The version "${name}" cannot be read by this Etapa.`, details);
}

function openHistories(
  file: string | undefined,
  { project, column, event }: Options,
  deployed: Deployed,
  until: Instant | undefined,
): Promise<Histories> {
  if (file !== undefined) return openFile(file, { columns: column, events: event });
  return deployed.openHistory(project, until);
}

async function run(
  project: Project,
  before: Project | undefined,
  histories: Histories,
  span: Pick<SimulateOptions, 'from' | 'until'>,
  options: Options,
): Promise<void> {
  const writers = writersOf(options);
  const bar = progressBar('Simulating');
  const total = histories.events;
  const simulating: SimulateOptions = {
    ...span,
    ...(writers.length > 0 ? { onMessage: (row) => writers.forEach((writer) => writer.row(row)) } : {}),
    onPerson: (events) => {
      if (total !== undefined) bar.at(events / total, `${events} of ${total} events`);
    },
  };
  const began = performance.now();
  const outcome = await lived(project, before, histories, simulating);
  for (const writer of writers) writer.close();
  bar.done(speedWords(simulationOf(outcome), before ? 2 : 1, performance.now() - began));
  tell(outcome, project, options);
}

async function lived(
  project: Project,
  before: Project | undefined,
  { people }: Histories,
  simulating: SimulateOptions,
): Promise<Outcome> {
  try {
    if (before) return { comparison: await compare(before, project, people, simulating) };
    return { simulation: await simulate(project, people, simulating) };
  } catch (error) {
    if (!(error instanceof EndlessMoment)) throw error;
    throw new UserError(
      'endless',
      `With the contact ${error.contact_id}, ${error.message}. Let one of them wait.`,
    );
  }
}

function simulationOf(outcome: Outcome): Simulation {
  return 'comparison' in outcome ? outcome.comparison.after : outcome.simulation;
}

function writersOf({ people, csv, json }: Options): RowWriter[] {
  return [...(csv === undefined ? [] : [csvWriter(csv)]), ...(people ? [peopleWriter(json ?? false)] : [])];
}

/** Each version lives through everything. */
function speedWords(
  { people, events, contact_days }: Simulation,
  versions: number,
  milliseconds: number,
): string {
  const rate = (count: number): string =>
    Math.round((count * versions * 1000) / Math.max(1, milliseconds)).toLocaleString('en');
  const seconds = (milliseconds / 1000).toFixed(1);
  return `${events} events of ${people} people in ${seconds} s (${rate(events)} events/s, ${rate(contact_days)} contact-days/s)`;
}

function tell(outcome: Outcome, project: Project, { people, csv, json }: Options): void {
  if (people || csv === '-') return;
  if (json) return output.json(plainOutcome(outcome));
  const simulation = simulationOf(outcome);
  const { from, until } = simulation;
  const start = from === null ? 'From the first event' : `From ${clockWords(from, project.time_zone)}`;
  output.line(`\n${start} until ${clockWords(until, project.time_zone)} (${project.time_zone})`);
  tellSimulation(simulation);
  if ('comparison' in outcome) tellComparison(outcome.comparison);
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[ T](([01]\d|2[0-3]):[0-5]\d))?$/;

function readTime(text: string): string {
  if (dayOf(TIME.exec(text)?.[1] ?? '') !== undefined) return text;
  throw new InvalidArgumentError(
    'Write it like 2026-11-20 or "2026-11-20 16:30", by the clock of the project.',
  );
}

function startAt(text: string, { time_zone }: Project): Instant {
  const [, date = '', time] = TIME.exec(text) ?? [];
  if (time === undefined) return startOfDay(date, time_zone);
  return instantAt(Date.parse(`${date}T${time}Z`), time_zone);
}

/** A date means to its end. */
function endAt(text: string, project: Project): Instant {
  const [, date = '', time] = TIME.exec(text) ?? [];
  if (time !== undefined) return startAt(text, project);
  return instantAt(Date.parse(`${date}T00:00Z`) + DAY, project.time_zone) - 1;
}

function pair(text: string, known: Record<string, string>): Record<string, string> {
  const place = text.indexOf('=');
  if (place < 1) throw new InvalidArgumentError('Write it as name=value.');
  return { ...known, [text.slice(0, place)]: text.slice(place + 1) };
}
