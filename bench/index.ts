import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { benchReceive, type ReceiveFigures } from './receive.ts';
import { benchSend, type SendFigures } from './send.ts';
import { openBench, type Spread } from './surroundings.ts';

/**
 * `npm run bench` measures ours against the bare library or the database doing the same, in one run, and prints JSON
 * and a Markdown table; `-- --smoke` only shows that it runs; `-- --json FILE` writes the figures to a file.
 */
const smoke = process.argv.includes('--smoke');
const json = process.argv[process.argv.indexOf('--json') + 1];

const bench = await openBench();
try {
  const rounds = smoke ? 1 : Number(process.env.ROUNDS ?? 5);
  const receive = await benchReceive(bench, smoke ? 1000 : 20_000, rounds);
  const send = await benchSend(bench, smoke ? 100 : 2000, rounds);
  const machine = {
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  const figures = { machine, rounds, receive, send };
  if (process.argv.includes('--json') && json) await writeFile(json, `${JSON.stringify(figures, null, 2)}\n`);
  process.stdout.write(table(receive, send));
  process.stdout.write(
    `\n${machine.cores} cores of ${machine.cpu}, ${machine.memory_gb} GB, Node ${machine.node}; median of ${rounds} rounds (lowest to highest)\n`,
  );
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
} finally {
  await bench.stop();
}

function table(receive: ReceiveFigures, send: SendFigures): string {
  const rows = [
    ['rows into `events`, bare inserts of 2,000', rate(receive.bare), '1'],
    ['events received, decided and committed', rate(receive.through), times(receive.ratio)],
    ['the same over HTTP, batches of 100', rate(receive.http), times(receive.http_ratio)],
    ['e-mails, nodemailer alone', rate(send.nodemailer), '1'],
    ['e-mails, from owed to recorded as sent', rate(send.etapa), times(send.ratio)],
  ];
  const lines = rows.map((cells) => `| ${cells.join(' | ')} |`);
  return ['| what | per second | ratio |', '|---|---|---|', ...lines, ''].join('\n');
}

function rate({ median, low, high }: Spread): string {
  return `${Math.round(median).toLocaleString('en')} (${Math.round(low).toLocaleString('en')} to ${Math.round(high).toLocaleString('en')})`;
}

function times({ median, low, high }: Spread): string {
  return `${median.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}
