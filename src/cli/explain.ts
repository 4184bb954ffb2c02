/** `etapa explain`: why somebody stands where they stand, and why they did or did not get something. */
import { Option, type Command } from 'commander';
import type { App } from '../app.ts';
import { zoneOf } from '../core/contacts/locale.ts';
import type { Instant } from '../core/events/event.ts';
import { explain, type Explanation } from '../engine/explain.ts';
import { plainExplanation } from '../engine/explain/plain.ts';
import { UserError } from '../errors.ts';
import { pageOf } from './explain/page.ts';
import { clockWords, readMoment, type Language } from './explain/times.ts';
import { checkName, unknownContact } from './explain/names.ts';
import { output } from './output.ts';
import { withApp } from './surroundings.ts';

interface Options {
  readonly project: string;
  readonly at?: string;
  readonly whyNot?: string;
  readonly language: Language;
  readonly json?: boolean;
}

export function addExplain(program: Command): void {
  program
    .command('explain <contact>')
    .description('who somebody is, where they stand and why, and what they got or did not get')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--at <time>', 'as it was then, by the clock of the contact: 2026-11-20 or "2026-11-20 10:00"')
    .option('--why-not <name>', 'why they did not get this message, or did not enter this workflow')
    .addOption(new Option('--language <language>', 'of the answer').choices(['en', 'es']).default('en'))
    .option('--json', 'answer as JSON')
    .action(async (who: string, options: Options) => {
      const explanation = await withApp(options, (app) => ask(app, who, options));
      if (options.json) output.json(plainExplanation(explanation));
      else for (const line of pageOf(explanation, options.language)) output.line(line);
    });
}

async function ask(app: App, who: string, options: Options): Promise<Explanation> {
  const live = app.live();
  const now = await app.now();
  const { messages, workflows } = live.project;
  const known = [...Object.keys(messages), ...workflows.keys()];
  if (options.whyNot !== undefined) checkName('message or workflow', options.whyNot, known);
  const stored = await app.reader.findContact(who);
  if (!stored) throw unknownContact(who);
  const at =
    options.at === undefined ? undefined : momentOf(options.at, zoneOf(stored.contact, live.project), now);
  return explain(app.reader, live, stored, { now, at, why_not: options.whyNot });
}

/** A date means to its end, or up to now. @throws UserError for what is no moment, or has yet to come. */
function momentOf(text: string, zone: string, now: Instant): Instant {
  const at = readMoment(text, zone);
  if (at === undefined) {
    throw new UserError(
      'not_a_moment',
      `"${text}" is not a moment; write it like 2026-11-20 or "2026-11-20 10:00".`,
    );
  }
  const is_day = text.length === 'YYYY-MM-DD'.length;
  if (at <= now) return at;
  if (is_day && (readMoment(`${text} 00:00`, zone) ?? Infinity) <= now) return now;
  throw new UserError(
    'yet_to_come',
    `${clockWords(at, zone, 'en')} has yet to come; "etapa simulate" tells what would happen by then.`,
  );
}
