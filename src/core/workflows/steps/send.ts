import { z } from 'zod';
import type { Contact } from '../../contacts/contact.ts';
import { soleAddress } from '../../messages/address-of.ts';
import { CHANNELS, type ChannelName } from '../../messages/message.ts';
import type { Step } from '../step.ts';
import { defineVerb, stepId } from '../verb.ts';

/** `send_email: cart_reminder_1`, `send_sms: …`. Whether it may go, and in which tone, is decided with the message. */
export function sendBy(channel: ChannelName) {
  const verb = `send_${channel}`;
  return defineVerb({
    schema: z.strictObject({ [verb]: z.string(), id: stepId }),
    compile: ({ [verb]: message = '' }, { id, next }): Step => ({
      id,
      verb,
      arrive: () => ({ go: next, effects: [{ do: 'send', message, channel }] }),
    }),
  });
}

/** `send: { message: on_its_way, by: [sms, email] }` takes the first of these ways by which the contact can be reached. */
export const send = defineVerb({
  schema: z.strictObject({
    send: z.strictObject({ message: z.string(), by: z.array(z.enum(CHANNELS)).min(2) }),
    id: stepId,
  }),
  compile: ({ send: { message, by } }, { id, next }): Step => ({
    id,
    verb: 'send',
    arrive: ({ facts }) => {
      const channel = firstThatReaches(facts.contact, by);
      return { go: next, effects: [{ do: 'send', message, channel }] };
    },
  }),
});

/** By none of them: then the message is held back with what is missing for the first. */
function firstThatReaches(contact: Contact, by: readonly ChannelName[]): ChannelName {
  return by.find((channel) => soleAddress(contact, channel) !== undefined) ?? by[0] ?? 'email';
}
