import { openBenchApp, seconds, spread, startSink, type Bench, type Spread } from './surroundings.ts';
import { owe, sendAll } from './send.ts';

export interface BusyDomainFigures {
  readonly messages: number;
  /** Beside them, to a domain that answers 421 and closes the connection. */
  readonly busy: number;
  /** Messages per second to a domain that takes them. */
  readonly alone: Spread;
  readonly beside: Spread;
  readonly ratio: Spread;
}

/** E25: what a domain that asks for less costs the others. Both in each round, in turns first. */
export async function benchBusyDomain(
  bench: Bench,
  messages: number,
  rounds: number,
): Promise<BusyDomainFigures> {
  const busy = Math.round(messages * 0.15);
  const sink = await startSink();
  const alone: number[] = [];
  const beside: number[] = [];

  async function measure(with_busy: boolean): Promise<void> {
    const app = await openBenchApp(await bench.newDatabase(), { smtp_url: sink.url });
    await owe(app, messages);
    if (with_busy) await owe(app, busy, { domain: 'busy.example' });
    (with_busy ? beside : alone).push(messages / (await seconds(() => sendAll(app, messages))));
    await app.close();
  }

  try {
    for (let round = 0; round < rounds; round++) {
      await measure(round % 2 === 0);
      await measure(round % 2 === 1);
    }
  } finally {
    sink.stop();
  }
  return {
    ...{ messages, busy },
    alone: spread(alone),
    beside: spread(beside),
    ratio: spread(beside.map((rate, round) => rate / (alone[round] ?? 1))),
  };
}
