/** `etapa segments`: how many people are in which segment, who they are, and whom a new condition would find. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { App } from '../app.ts';
import type { Condition } from '../core/conditions/condition.ts';
import { csvLine } from '../core/csv.ts';
import type { Instant } from '../core/events/event.ts';
import { own } from '../core/json.ts';
import { UserError } from '../errors.ts';
import { orMeant } from '../project/did-you-mean.ts';
import { inBoth } from '../core/reason.ts';
import { formatProblem } from '../project/problem.ts';
import { readCondition } from '../project/read-condition.ts';
import { clockWords } from './explain/times.ts';
import { output } from './output.ts';
import { withApp } from './surroundings.ts';

interface Options {
  readonly project: string;
  readonly try?: string;
  readonly csv?: boolean;
  readonly json?: boolean;
}

export function addSegments(program: Command): void {
  program
    .command('segments [id]')
    .description('how many people are in which segment, or who is in one')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--try <condition>', 'count a condition that is not deployed: YAML, or a file of it')
    .option('--csv', 'the people of a segment as CSV')
    .option('--json', 'answer as JSON')
    .action(async (id: string | undefined, options: Options) => {
      refuseMixtures(id, options);
      return withApp(options, async (app) => {
        const now = await app.now();
        if (options.try !== undefined) await tryOut(app, options.try, options, now);
        else if (id === undefined) await tellCounts(app, options, now);
        else await tellMembers(app, id, options);
      });
    });
}

function refuseMixtures(id: string | undefined, { try: tried, csv, json }: Options): void {
  if (id !== undefined && tried !== undefined)
    throw new UserError('two_questions', 'Write the id of a segment or --try, not both.');
  if (csv && id === undefined)
    throw new UserError('no_segment', 'CSV lists the people of one segment; write its id as well.');
  if (csv && json) throw new UserError('two_formats', 'Write --csv or --json, not both.');
}

async function tellCounts(app: App, { json }: Options, now: Instant): Promise<void> {
  const { segments: written, map } = app.live();
  const { segments, personas, contacts } = await app.segments.counts(now);
  const rows = Object.entries(written.segments).map(([segment, { title }]) => {
    const { people = 0, entered = 0, left = 0 } = segments.find((one) => one.segment === segment) ?? {};
    return { segment, title: inBoth(title, segment), people, entered, left };
  });
  const kinds = map.personas.map(({ id, name }) => {
    const { people = 0 } = personas.find(({ persona }) => persona === id) ?? {};
    return { persona: id, title: inBoth(name, id), people };
  });
  if (json) return output.json({ contacts, segments: rows, personas: kinds });
  if (rows.length === 0) output.line('No segments are written; write workflows/journey/segments.yaml.');
  else {
    output.table(
      ['segment', 'people', 'of all', 'entered in 7 days', 'left', 'title'],
      rows.map(({ segment, title, people, entered, left }) => [
        ...[segment, people, part(people, contacts), entered, left, title.en],
      ]),
    );
  }
  if (kinds.length === 0) return;
  output.table(
    ['persona', 'people', 'of all', 'name'],
    kinds.map(({ persona, title, people }) => [persona, people, part(people, contacts), title.en]),
  );
}

function part(people: number, all: number): string {
  return all === 0 ? '–' : `${((100 * people) / all).toFixed(1)} %`;
}

/** Written as they come, so that a segment of any size can be listed. */
async function tellMembers(app: App, id: string, { csv, json }: Options): Promise<void> {
  const { segments, settings } = app.live();
  if (!own(segments.segments, id)) {
    const known = Object.keys(segments.segments);
    throw new UserError('no_such_segment', `There is no segment called "${id}"${orMeant(id, known)}`);
  }
  if (csv) output.line(csvLine(HEAD));
  let people = 0;
  for await (const batch of app.segments.members(id)) {
    for (const member of batch) {
      const { email, first_name, stage, since } = member;
      people++;
      if (json) output.line(JSON.stringify(member));
      else if (csv) {
        const at = new Date(since).toISOString();
        output.line(csvLine([member.id, email, first_name, stage, at]));
      } else {
        const at = clockWords(since, settings.time_zone, 'en');
        output.line(`${nameOf(member)}  ${stage}, since ${at}`);
      }
    }
  }
  if (!csv && !json) output.line(`\n${people} ${people === 1 ? 'person' : 'people'} in ${id}`);
}

const HEAD = ['contact', 'email', 'first_name', 'stage', 'since'];

function nameOf({
  id,
  email,
  first_name,
}: {
  id: string;
  email: string | null;
  first_name: string | null;
}): string {
  if (email === null) return first_name === null ? id : `${first_name} (${id})`;
  return first_name === null ? email : `${first_name} <${email}>`;
}

async function tryOut(app: App, written: string, { json }: Options, now: Instant): Promise<void> {
  const condition = await conditionIn(app, written);
  const { count, contacts } = await app.segments.tryOut(condition, app.live(), now, SHOWN);
  const { contacts: all } = await app.segments.counts(now);
  if (json) return output.json({ people: count, of: all, some: contacts });
  output.line(`${count} of ${all} people (${part(count, all)}) fulfil it now.`);
  if (count > 0) output.line(count > SHOWN ? `\nThe latest ${SHOWN} of them:` : '');
  for (const contact of contacts) output.line(`  ${nameOf(contact)}  ${contact.stage}`);
}

const SHOWN = 10;

/** @throws UserError with the place of what is wrong. */
async function conditionIn(app: App, written: string): Promise<Condition> {
  const is_file = /\.ya?ml$/.test(written);
  const file = is_file ? written : 'condition';
  const text = is_file ? await readFile(written, 'utf8').catch(() => undefined) : written;
  if (text === undefined) throw new UserError('no_such_file', `The file ${written} cannot be read.`);
  const { condition, problems } = readCondition(file, text, app.live().files);
  if (condition !== undefined) return condition;
  throw new UserError('condition_unsound', 'The condition has problems.', problems.map(formatProblem));
}
