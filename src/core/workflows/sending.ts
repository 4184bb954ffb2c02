/** What steps send, read from how they are written. */
import { CHANNELS, type ChannelName } from '../messages/message.ts';
import type { StepSource } from './verb.ts';

export interface WrittenSending {
  readonly message: string;
  /** By one of these. */
  readonly channels: readonly ChannelName[];
}

/** Undefined for steps that send nothing to the contact. */
export function sendingOf(step: StepSource): WrittenSending | undefined {
  const { [step.verb]: written } = step as unknown as Readonly<Record<string, unknown>>;
  if (step.verb === 'send') {
    const { message, by } = written as { readonly message: string; readonly by: readonly ChannelName[] };
    return { message, channels: by };
  }
  const channel = step.verb === 'ask' ? 'email' : CHANNELS.find((one) => step.verb === `send_${one}`);
  return typeof written === 'string' && channel ? { message: written, channels: [channel] } : undefined;
}
