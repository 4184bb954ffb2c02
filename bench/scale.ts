/** What another process adds: the same events, received before, decided by one, two and three processes. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { built } from './built.ts';
import { inBatches, makeEvents, untilDecided } from './receive.ts';
import { openBenchApp, seconds, spread, type Bench, type Spread } from './surroundings.ts';

export interface ScaleFigures {
  readonly events: number;
  /** By the number of processes, from one on. */
  readonly by_processes: readonly ScaleFigure[];
}

interface ScaleFigure {
  readonly processes: number;
  /** Events decided and committed per second, by all of them together. */
  readonly rate: Spread;
  /** Of the rate of one process in the same round. */
  readonly ratio: Spread;
  /** What the one decided that decided least, of an even share. */
  readonly least_share: Spread;
  /** Cores that all of them kept busy; PostgreSQL takes what is left. */
  readonly cores: Spread;
}

const MOST_PROCESSES = 3;

export async function benchScale(bench: Bench, events: number, rounds: number): Promise<ScaleFigures> {
  const script = await built(bench, 'engine-process');
  const measured: Round[][] = [];
  for (let round = 0; round < rounds; round++) {
    const one_round: Round[] = [];
    for (let processes = 1; processes <= MOST_PROCESSES; processes++)
      one_round.push(await decideWith(script, await bench.newDatabase(), processes, events));
    measured.push(one_round);
  }
  const figures = Array.from({ length: MOST_PROCESSES }, (_, index): ScaleFigure => {
    const all = measured.map((one) => one[index] as Round);
    return {
      processes: index + 1,
      rate: spread(all.map(({ rate }) => rate)),
      ratio: spread(measured.map((one) => (one[index] as Round).rate / (one[0] as Round).rate)),
      least_share: spread(all.map(({ least_share }) => least_share)),
      cores: spread(all.map(({ cores }) => cores)),
    };
  });
  return { events, by_processes: figures };
}

interface Round {
  readonly rate: number;
  readonly least_share: number;
  readonly cores: number;
}

async function decideWith(
  script: string,
  database_url: string,
  processes: number,
  events: number,
): Promise<Round> {
  const app = await openBenchApp(database_url, {});
  await inBatches(makeEvents(events, `scale${processes}`), (some) => app.receiver.receive(some));
  const engines = await Promise.all(
    Array.from({ length: processes }, () => startEngine(script, database_url)),
  );
  const took = await seconds(async () => {
    for (const engine of engines) engine.begin();
    app.start(new Set(['chores']));
    await untilDecided(app);
  });
  const told = await Promise.all(engines.map((engine) => engine.end()));
  await app.close();
  const all = told.reduce((sum, { decided }) => sum + decided, 0);
  return {
    rate: events / took,
    least_share: Math.min(...told.map(({ decided }) => decided)) / (all / processes),
    cores: told.reduce((sum, { core }) => sum + core, 0) / took,
  };
}

interface Engine {
  begin(): void;
  end(): Promise<{ readonly decided: number; readonly core: number }>;
}

async function startEngine(script: string, database_url: string): Promise<Engine> {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    [script, database_url],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines = createInterface(child.stdout);
  await nextLine(lines);
  return {
    begin: () => void child.stdin.write('begin\n'),
    async end() {
      const [told, gone] = [nextLine(lines), once(child, 'exit')];
      child.stdin.end();
      const figures = JSON.parse(await told) as Awaited<ReturnType<Engine['end']>>;
      await gone;
      return figures;
    },
  };
}

async function nextLine(lines: Interface): Promise<string> {
  const [line] = (await once(lines, 'line')) as [string];
  return line;
}
