/** Workflows that write to somebody at every look around. */
import type { WorkflowSource } from '../../core/workflows/compile.ts';
import { problemAt, reEntryOf, workflowFile, type Lint } from './input.ts';
import { messageOf } from './steps.ts';

export const eagerSends: Lint = (input) =>
  input.workflows.flatMap(({ source }) => {
    const event = frequentEvent(source);
    const index = source.steps.findIndex(({ verb }) => verb !== 'wait_until');
    const first = source.steps[index];
    const sent = first && messageOf(first);
    if (reEntryOf(source) !== 'always' || event === undefined || sent === undefined) return [];
    const message = `"${sent}" would go out at every single "${event}"; begin with "wait: 1 hour" and "since: last_event", or write "re_enter: { after: 7 days }"`;
    return [problemAt(input, 'warning', workflowFile(source), ['steps', index], message)];
  });

function frequentEvent({ enter_when }: WorkflowSource): string | undefined {
  return enter_when.by === 'event' ? enter_when.event.event.find((name) => FREQUENT.test(name)) : undefined;
}

/** What people do many times a day. */
const FREQUENT = /(?:^|_)(?:viewed|visited|searched|clicked|opened|page|screen|scrolled)$/;
