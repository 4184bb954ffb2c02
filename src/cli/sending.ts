/** `etapa sending`: whether promotions go, why not, and stopping them or letting them go on. */
import type { Command } from 'commander';
import type { App } from '../app.ts';
import { EVERY_CHANNEL, type SendingStop } from '../engine/stops.ts';
import type { SendingState } from '../engine/sending-control.ts';
import { output } from './output.ts';
import { withApp } from './surroundings.ts';

interface Options {
  readonly project: string;
  readonly json?: boolean;
}

export function addSending(program: Command): void {
  const sending = program
    .command('sending')
    .description('whether promotions leave, what holds them back, and how many readers complain')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--json', 'answer as JSON')
    .action((options: Options) => withApp(options, (app) => tellState(app, options)));
  sending
    .command('stop')
    .description('let promotions wait until "etapa sending resume"; service messages go on')
    .option('--channel <name>', 'only those of one channel, such as email', EVERY_CHANNEL)
    .action((_: unknown, command: Command) => {
      const options: Options & { channel: string } = command.optsWithGlobals();
      return withApp(options, (app) => stop(app, options));
    });
  sending
    .command('resume')
    .description('let promotions go on that were stopped, by hand or for complaints')
    .action((_: unknown, command: Command) => {
      const options: Options = command.optsWithGlobals();
      return withApp(options, (app) => resume(app, options));
    });
}

async function tellState({ sending }: App, { json }: Options): Promise<void> {
  const state = await sending.state();
  if (json) return output.json(state);
  output.line(complaintWords(state));
  if (state.stops.length === 0) return output.line('Nothing holds promotions back.');
  output.table(
    ['channel', 'cause', 'since', 'messages that wait', 'because'],
    state.stops.map(({ channel, cause, since, held, because }) => [
      channel,
      cause,
      new Date(since).toISOString().slice(0, 16),
      held,
      because.en,
    ]),
  );
  for (const { cause } of state.stops) output.line(MEND[cause]);
}

function complaintWords({ complaints: { sent, complained, rate } }: SendingState): string {
  const share = `${(rate * 100).toFixed(2)} %`;
  return `Complaints of the last 7 days: ${complained} about ${sent} messages, counted as ${share}; promotions stop at 0.3 %.`;
}

const MEND: Readonly<Record<SendingStop['cause'], string>> = {
  complaints:
    'Write to fewer people, to those who want it. Promotions go on by themselves after 7 days below 0.3 %, or by "etapa sending resume".',
  setup: 'Set up the domain; "etapa doctor" says how.',
  hand: 'They go on by "etapa sending resume".',
};

async function stop({ sending }: App, { channel, json }: Options & { channel: string }): Promise<void> {
  const stopped = await sending.stop(channel);
  if (json) return output.json({ channel, stopped: true, before: !stopped });
  output.line(
    stopped
      ? 'Promotions wait from now on, within a few seconds everywhere. "etapa sending resume" lets them go on.'
      : 'Promotions had been stopped by hand before.',
  );
}

async function resume({ sending }: App, { json }: Options): Promise<void> {
  const resumed = await sending.resume();
  if (json) return output.json(resumed);
  const { ended, released } = resumed;
  output.line(
    ended === 0
      ? 'Nobody had stopped promotions.'
      : `Promotions go on; ${released} ${released === 1 ? 'message waits' : 'messages wait'} no longer.`,
  );
}
