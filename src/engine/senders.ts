/** Which steps of a workflow send a message. */
import type { ChannelName } from '../core/messages/message.ts';
import { sendingOf, type WrittenSending } from '../core/workflows/sending.ts';
import type { StepSource } from '../core/workflows/verb.ts';
import type { Workflow } from '../core/workflows/workflow.ts';

/** The ids of the steps of a workflow that send this message, in the order of its file. */
export function stepsThatSend({ outline }: Workflow, message: string): readonly string[] {
  return outline.flatMap(({ id, text }) => (sentBy(text)?.message === message ? [id] : []));
}

/** By which channel these workflows send the message first of all; by e-mail where none of them does. */
export function usualChannel(workflows: Iterable<Workflow>, message: string): ChannelName {
  const steps = [...workflows].flatMap(({ outline }) => outline.flatMap(({ text }) => sentBy(text) ?? []));
  return steps.find((one) => one.message === message)?.channels[0] ?? 'email';
}

/** What a step sends, as it was written; undefined for steps that send nothing. */
function sentBy(text: string): WrittenSending | undefined {
  return sendingOf(JSON.parse(text) as StepSource);
}
