import { CHANNELS, type ChannelName } from '../core/messages/message.ts';
import type { Expectation } from './test-file.ts';

/** Expectations of a message that is sent: one for each channel. */
export type ExpectedMessage = Extract<Expectation, { verb: ChannelName }>;

export function isMessage(expectation: Expectation): expectation is ExpectedMessage {
  return CHANNELS.some((channel) => channel === expectation.verb);
}

/** Which message it is. */
export function nameOf(expected: ExpectedMessage): string {
  switch (expected.verb) {
    case 'email':
      return expected.email;
    case 'sms':
      return expected.sms;
    case 'chat':
      return expected.chat;
    case 'webhook':
      return expected.webhook;
  }
}
