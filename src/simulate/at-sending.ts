import type { Contact } from '../core/contacts/contact.ts';
import { languageOf, zoneOf } from '../core/contacts/locale.ts';
import { address } from '../core/messages/address.ts';
import { addressOf } from '../core/messages/may-send.ts';
import type { Message } from '../core/messages/message.ts';
import { chooseTone } from '../core/messages/tone.ts';
import type { Project } from '../core/project.ts';
import { reason, type Reason } from '../core/reason.ts';

/**
 * A message as it leaves: the engine asks once more at the moment of sending, of what the contact has become by then.
 * In virtual time that is the moment at which it was owed, after everything else that was decided there.
 */
export function atSending(message: Message, contact: Contact, project: Project): Message {
  if (message.held_back) return message;
  if (address(addressOf(contact, message.channel) ?? '') === undefined) {
    return { ...message, held_back: BAD_ADDRESS };
  }
  const mood = project.moods.of({ contact, now: message.owed_at, zone: zoneOf(contact, project) });
  const { tone, formality, because, hold_back } = chooseTone(project.tone, message.channel, contact, mood);
  const language = languageOf(contact, project);
  const asks = hold_back.includes('promotions');
  return {
    ...message,
    tone,
    formality,
    because,
    language,
    held_back: guard(message, contact, asks, mood.mood),
  };
}

function guard({ purpose, channel }: Message, contact: Contact, holds: boolean, mood: string): Reason | null {
  if (purpose === 'service') return null;
  if (contact.profile.consent[channel]?.granted !== true) return NO_CONSENT;
  if (!holds) return null;
  return reason(
    `promotions are held back while mood is ${mood}`,
    `no se envían promociones mientras el ánimo es ${mood}`,
  );
}

const BAD_ADDRESS = reason(
  'there is no address that one recipient alone can have',
  'no hay una dirección válida de una sola persona',
);
const NO_CONSENT = reason(
  'no consent to promotions at the moment of sending',
  'sin permiso para promociones en el momento de enviar',
);
