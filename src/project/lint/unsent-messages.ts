/** Messages that nothing sends. */
import { channelsOf } from '../messages.ts';
import { messageFile, problemAt, type Lint, type LintInput } from './input.ts';
import { everyStep, messageOf } from './steps.ts';

export const unsentMessages: Lint = (input) => {
  const sent = sentBy(input);
  return Object.entries(input.templates)
    .filter(([id]) => !sent.has(id))
    .map(([id, template]) => {
      const [channel = 'email'] = channelsOf(template);
      const message = `nothing sends the message "${id}"; write "send_${channel}: ${id}" in a workflow, or delete the folder`;
      return problemAt(input, 'warning', messageFile(id), ['message'], message);
    });
};

/** Steps send messages, and notices of calendars do. */
function sentBy({ workflows, hours }: LintInput): ReadonlySet<string> {
  const steps = workflows.flatMap(({ source }) => everyStep(source.steps));
  return new Set([...steps.flatMap(({ step }) => messageOf(step) ?? []), ...textsIn(hours)]);
}

function textsIn(node: unknown): string[] {
  if (typeof node === 'string') return [node];
  return typeof node === 'object' && node !== null ? Object.values(node).flatMap(textsIn) : [];
}
