import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { benchBusyDomain, type BusyDomainFigures } from './busy-domain.ts';
import { benchCampaign, campaignRows } from './campaign.ts';
import { benchConditions, type ConditionFigures } from './conditions.ts';
import { benchConsole, consoleRows } from './console.ts';
import { benchHerd, herdRows } from './herd.ts';
import { benchReceive, type ReceiveFigures } from './receive.ts';
import { benchRules, type RulesFigures } from './rules.ts';
import { benchScale, type ScaleFigures } from './scale.ts';
import { benchSegments, segmentsRows } from './segments.ts';
import { benchSend, type SendFigures } from './send.ts';
import { benchSimulate, type SimulateFigures } from './simulate.ts';
import { benchSingles, singlesRows } from './singles.ts';
import { openBench, type Bench } from './surroundings.ts';
import { benchWaiting, waitingRows } from './waiting.ts';
import { count, rate, times, type Row } from './words.ts';

/**
 * `npm run bench` measures ours against the bare library or the database doing the same, in one run, and prints a
 * Markdown table; `-- simulate rules` measures only these; `-- --smoke` only shows that it runs; `-- --json FILE` writes
 * the figures to a file; `-- --people 1000000` sends new rules through so many; `ROUNDS=3` takes fewer than five.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { smoke: { type: 'boolean' }, json: { type: 'string' }, people: { type: 'string' } },
});
const smoke = values.smoke ?? false;
const rounds = smoke ? 1 : Number(process.env.ROUNDS ?? 5);

function people(otherwise: number): number {
  return Number(values.people ?? otherwise);
}

/** What can be measured, in the order of the table. */
const BENCHES: Readonly<
  Record<string, (bench: Bench) => Promise<{ figures: object; rows: readonly Row[] }>>
> = {
  async receive(bench) {
    const figures = await benchReceive(bench, smoke ? 1000 : 100_000, rounds);
    return { figures, rows: receiveRows(figures) };
  },
  async send(bench) {
    const figures = await benchSend(bench, smoke ? 100 : 2000, rounds);
    return { figures, rows: sendRows(figures) };
  },
  async busy_domain(bench) {
    const figures = await benchBusyDomain(bench, smoke ? 100 : 2000, rounds);
    return { figures, rows: busyDomainRows(figures) };
  },
  async scale(bench) {
    const figures = await benchScale(bench, smoke ? 1000 : 20_000, rounds);
    return { figures, rows: scaleRows(figures) };
  },
  async rules(bench) {
    const figures = await benchRules(bench, smoke ? 2000 : people(100_000), rounds);
    return { figures, rows: rulesRows(figures) };
  },
  async waiting(bench) {
    const scale = smoke
      ? { few: 500, many: 2000, rounds: 1, idle_seconds: 2, wake_ups: 20 }
      : { few: 10_000, many: people(1_000_000), rounds, idle_seconds: 15, wake_ups: 500 };
    const figures = await benchWaiting(bench, scale);
    return { figures, rows: waitingRows(figures) };
  },
  async herd(bench) {
    const figures = await benchHerd(bench, smoke ? 1000 : people(100_000), rounds);
    return { figures, rows: herdRows(figures) };
  },
  async campaign(bench) {
    const figures = await benchCampaign(bench, smoke ? 1000 : people(100_000), rounds);
    return { figures, rows: campaignRows(figures) };
  },
  async segments(bench) {
    const figures = await benchSegments(bench, smoke ? 2000 : people(1_000_000), rounds);
    return { figures, rows: segmentsRows(figures) };
  },
  async console(bench) {
    const figures = await benchConsole(bench, smoke ? 2000 : people(1_000_000), rounds);
    return { figures, rows: consoleRows(figures) };
  },
  async singles(bench) {
    const figures = await benchSingles(bench, smoke ? 500 : 10_000, rounds);
    return { figures, rows: singlesRows(figures) };
  },
  async conditions() {
    const figures = await benchConditions(smoke ? 10_000 : 1_000_000, rounds);
    return { figures, rows: conditionRows(figures) };
  },
  async simulate() {
    const figures = await benchSimulate({ share: smoke ? 0.01 : 1, waiting: smoke ? 200 : 10_000, rounds });
    return { figures, rows: simulateRows(figures) };
  },
};

const unknown = positionals.find((name) => !Object.hasOwn(BENCHES, name));
if (unknown !== undefined)
  throw new Error(`there is no bench "${unknown}"; choose from ${Object.keys(BENCHES).join(', ')}`);

const bench = await openBench();
try {
  const machine = {
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  const all: Record<string, object> = {};
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(BENCHES)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const measured = await measure(bench);
    all[name] = measured.figures;
    rows.push(...measured.rows);
  }
  if (values.json) await writeFile(values.json, `${JSON.stringify({ machine, rounds, ...all }, null, 2)}\n`);
  process.stdout.write(table(rows));
  process.stdout.write(
    `\n${machine.cores} cores of ${machine.cpu}, ${machine.memory_gb} GB, Node ${machine.node}; median of ${rounds} rounds (lowest to highest)\n`,
  );
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
} finally {
  await bench.stop();
}

function receiveRows({ bare, through, http, ratio, http_ratio }: ReceiveFigures): readonly Row[] {
  return [
    ['rows into `events`, bare inserts of 2,000', rate(bare), '1'],
    ['events received, decided and committed', rate(through), times(ratio)],
    ['the same over HTTP, batches of 100', rate(http), times(http_ratio)],
  ];
}

function sendRows({ cases }: SendFigures): readonly Row[] {
  return cases.map(({ name, rate: per_second, ratio, core, postgres_core, memory_mb }) => {
    const database = postgres_core.median > 0 ? `, PostgreSQL ${postgres_core.median.toFixed(2)} s` : '';
    const effort = `${core.median.toFixed(2)} s of a core for 1,000${database}; ${memory_mb} MB at most`;
    return [`e-mails, ${name} (${effort})`, rate(per_second), times(ratio)];
  });
}

function busyDomainRows({ messages, busy, alone, beside, ratio }: BusyDomainFigures): readonly Row[] {
  return [
    [`e-mails to a domain that takes them (${count(messages)})`, rate(alone), '1'],
    [`the same beside ${count(busy)} to a domain that answers 421`, rate(beside), times(ratio)],
  ];
}

function scaleRows({ by_processes }: ScaleFigures): readonly Row[] {
  return by_processes.map(({ processes, rate: each, ratio, least_share, cores }) => [
    `events decided by ${processes} ${processes === 1 ? 'process' : 'processes'} (${cores.median.toFixed(1)} cores; least of an even share ${times(least_share)})`,
    rate(each),
    times(ratio),
  ]);
}

function conditionRows(figures: ConditionFigures): readonly Row[] {
  return [
    ['one condition of three parts, a function written by hand, per core', rate(figures.by_hand), '1'],
    ['the same with its `until`, from YAML', rate(figures.answer), times(figures.answer_ratio)],
    ['the same with its reason in words', rate(figures.with_reason), times(figures.with_reason_ratio)],
    ['the same in CEL (cel-js, parsed once)', rate(figures.cel), times(figures.cel_ratio)],
  ];
}

function simulateRows({ world, events, per_core, contact_days, waiting_per_core }: SimulateFigures): Row[] {
  return [
    [`events lived again per core (${world}, ${count(events)})`, rate(per_core), ''],
    [`days of contacts who wait, per core (${count(contact_days)})`, rate(waiting_per_core), ''],
  ];
}

function rulesRows(figures: RulesFigures): readonly Row[] {
  const { people, bare, decided_anew, ratio, with_events, with_events_ratio } = figures;
  const { longest_turn_ms, longest_wait_ms, memory_mb } = figures;
  const meanwhile = `longest turn ${longest_turn_ms} ms, news waited ${longest_wait_ms} ms at most, ${memory_mb} MB`;
  return [
    [`bare \`update contacts set stage\` of ${count(people)}`, rate(bare), '1'],
    [`contacts decided by new stage rules (${meanwhile})`, rate(decided_anew), times(ratio)],
    ['the same with all their events read again', count(with_events), with_events_ratio.toFixed(3)],
  ];
}

function table(rows: readonly Row[]): string {
  const lines = rows.map((cells) => `| ${cells.join(' | ')} |`);
  return ['| what | per second | ratio |', '|---|---|---|', ...lines, ''].join('\n');
}
