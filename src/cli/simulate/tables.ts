import type { Comparison } from '../../simulate/compare.ts';
import { clockWords } from '../../simulate/moment.ts';
import type { MessageRow } from '../../simulate/simulate.ts';
import type { Simulation, WorkflowCounts } from '../../simulate/tally.ts';
import { output } from '../output.ts';
import { addDays, heatMap } from './heat-map.ts';

/** The tables that a simulation ends with. */
export function tellSimulation(simulation: Simulation): void {
  tellWorkflows(simulation);
  tellMessages(simulation);
  tellHeldBack(simulation);
  const stages = Object.entries(simulation.stages);
  output.table(['stage', 'people at the end'], stages);
  const segments = Object.entries(simulation.segments);
  if (segments.length > 0) output.table(['segment', 'people at the end'], segments);
  const map = heatMap(addDays(Object.values(simulation.calendar)));
  if (map.length > 0) output.line('\nMessages sent, by week and weekday');
  for (const line of map) output.line(line);
}

function tellWorkflows({ workflows }: Simulation): void {
  const all = Object.entries(workflows);
  const hasHoldout = all.some(([, { held_out }]) => held_out > 0);
  const rows = all.map(([id, counts]) => [
    id,
    counts.entered,
    ...(hasHoldout ? [counts.held_out, counts.held_out_converted] : []),
    ...[counts.converted, counts.exited, counts.completed, counts.failed, counts.inside],
    ...[counts.sent, sumOf(counts.held_back)],
  ]);
  if (rows.length === 0) return;
  const outcomes = ['converted', 'left early', 'to the end', 'failed', 'inside now', 'sent', 'held back'];
  const holdout = hasHoldout ? ['held out', 'of these converted'] : [];
  output.table(['workflow', 'entered', ...holdout, ...outcomes], rows);
}

function tellMessages({ messages }: Simulation): void {
  const all = Object.entries(messages);
  if (all.length === 0) return output.line('\nNo message would be sent.');
  const tones = [...new Set(all.flatMap(([, { sent }]) => Object.keys(sent)))].sort();
  output.table(
    ['message', ...tones.map((tone) => `sent ${tone}`), 'held back'],
    all.map(([id, { sent, held_back }]) => [id, ...tones.map((tone) => sent[tone] ?? 0), held_back]),
  );
}

function tellHeldBack({ workflows }: Simulation): void {
  const reasons = addDays(Object.values(workflows).map(({ held_back }) => held_back));
  const rows = Object.entries(reasons).sort(([, a], [, b]) => b - a);
  if (rows.length > 0) output.table(['held back because', 'messages'], rows);
}

/** What would be otherwise, from the version that is compared with to the one that is simulated. */
export function tellComparison(comparison: Comparison): void {
  const { before, after, people_affected, only_before, only_after } = comparison;
  output.line(
    `\n${people_affected} of ${after.people} people would get something else: ${only_before} messages fewer and ${only_after} more.`,
  );
  tellWorkflowChanges(before, after);
  const stages = Object.entries(comparison.stage_changes).sort(([, a], [, b]) => b - a);
  if (stages.length > 0) output.table(['stage at the end', 'people'], stages);
  if (comparison.examples.length > 0) output.line('\nFor example');
  for (const { contact, only_before: less, only_after: more } of comparison.examples) {
    output.line(`  ${contact}`);
    for (const row of less) output.line(`    − ${rowWords(row)}`);
    for (const row of more) output.line(`    + ${rowWords(row)}`);
  }
}

function tellWorkflowChanges(before: Simulation, after: Simulation): void {
  const ids = [...new Set([...Object.keys(before.workflows), ...Object.keys(after.workflows)])];
  const rows = ids.flatMap((id) => {
    const cells = numbersOf(before.workflows[id]).map((count, index) =>
      changeWords(count, numbersOf(after.workflows[id])[index] ?? 0),
    );
    return cells.every((cell) => !cell.includes('→')) ? [] : [[id, ...cells]];
  });
  if (rows.length === 0) return output.line('No workflow would do anything else.');
  output.table(['workflow', 'entered', 'converted', 'left early', 'to the end', 'sent', 'held back'], rows);
}

function numbersOf(counts: WorkflowCounts | undefined): number[] {
  if (!counts) return [0, 0, 0, 0, 0, 0];
  const { entered, converted, exited, completed, sent, held_back } = counts;
  return [entered, converted, exited, completed, sent, sumOf(held_back)];
}

function changeWords(before: number, after: number): string {
  return before === after ? String(after) : `${before} → ${after}`;
}

function rowWords({ at, zone, message, tone }: MessageRow): string {
  return `${clockWords(at, zone)}  ${message}, tone ${tone}`;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
