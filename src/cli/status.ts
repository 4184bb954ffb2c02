import type { Command } from 'commander';
import type { App } from '../app.ts';
import { summarize, type Summary } from '../store/summary.ts';
import { output } from './output.ts';
import { withApp } from './surroundings.ts';

export function addStatus(program: Command): void {
  program
    .command('status')
    .description('people per stage, moves, runs, messages, and what was held back and why')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--json', 'answer as JSON')
    .action(async (options: { project: string; json?: boolean }) => {
      return withApp(options, async (app) => {
        const recomputation = (await app.recomputation()) ?? null;
        if (options.json) return output.json({ ...(await summarize(app.db)), recomputation });
        await tellSummary(app);
        if (recomputation && !recomputation.finished) {
          const { asked, total } = recomputation;
          output.line(`\nNew rules are on their way: ${asked} of ${total} people have been asked anew.`);
        }
      });
    });
}

/** The tables that the demo, a replay and `etapa status` end with. Stages stand in the order of the journey. */
export async function tellSummary(app: App): Promise<void> {
  const summary = await summarize(app.db);
  const stages = app.live().project.stages.list.map(({ id }) => id);
  const people = new Map(summary.stages.map(({ stage, people: count }) => [stage, count]));
  const into = (stage: string): number =>
    sum(summary.moves.filter(({ to }) => to === stage).map(({ moves }) => moves));
  const out = (stage: string): number =>
    sum(summary.moves.filter(({ from }) => from === stage).map(({ moves }) => moves));
  output.line(`\n${summary.contacts} contacts, ${summary.events} events`);
  output.table(
    ['stage', 'people now', 'moved in', 'moved out'],
    stages.map((stage) => [stage, people.get(stage) ?? 0, into(stage), out(stage)]),
  );
  const moves = summary.moves.slice(0, 8).map(({ from, to, moves: count }) => [`${from} → ${to}`, count]);
  if (moves.length > 0) output.table(['most frequent moves', 'people'], moves);
  if (summary.runs.length > 0) {
    output.table(
      ['workflow', 'runs', 'converted', 'left early', 'to the end', 'inside now', 'failed'],
      summary.runs.map((run) => [
        run.workflow,
        run.entered,
        run.converted,
        run.exited,
        run.completed,
        run.active,
        run.failed,
      ]),
    );
  }
  if (summary.messages.length > 0) tellMessages(summary);
  if (summary.held_back.length > 0) {
    output.table(['held back because', 'messages'], grouped(summary).slice(0, 10));
  }
}

/** One line a message: how many went out in each tone, and how many did not go out at all. */
function tellMessages({ messages }: Summary): void {
  const tones = [...new Set(messages.map(({ tone }) => tone))].sort();
  const names = [...new Set(messages.map(({ message }) => message))];
  const sent = (message: string, tone: string): number =>
    sum(messages.filter((row) => row.message === message && row.tone === tone).map((row) => row.sent));
  const all = (message: string, of: 'held_back' | 'other'): number =>
    sum(messages.filter((row) => row.message === message).map((row) => row[of]));
  output.table(
    ['message', ...tones.map((tone) => `sent ${tone}`), 'held back', 'other'],
    names.map((name) => [
      name,
      ...tones.map((tone) => sent(name, tone)),
      all(name, 'held_back'),
      all(name, 'other'),
    ]),
  );
}

/** Reasons that differ only in their particulars count as one. */
function grouped({ held_back }: Summary): [string, number][] {
  const counts = new Map<string, number>();
  for (const { because, messages } of held_back) {
    const short = because.en.replace(/ \(.*$/s, '');
    counts.set(short, (counts.get(short) ?? 0) + messages);
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
