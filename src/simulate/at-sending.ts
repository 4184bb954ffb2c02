import type { Contact } from '../core/contacts/contact.ts';
import { languageOf, zoneOf } from '../core/contacts/locale.ts';
import { soleAddress } from '../core/messages/address-of.ts';
import { BAD_ADDRESS, holdBackNow, waitForHours } from '../core/messages/may-send.ts';
import type { Message } from '../core/messages/message.ts';
import { chooseTone } from '../core/messages/tone.ts';
import type { Project } from '../core/project.ts';

/**
 * A message as it leaves: the engine asks once more at the moment of sending, of what the contact has become by then.
 * In virtual time that is the moment at which it was owed, after everything else that was decided there, or at which
 * the hours begin in which it may go.
 */
export function atSending(message: Message, contact: Contact, project: Project): Message {
  if (message.held_back) return message;
  const { channel, purpose, owed_at } = message;
  if (soleAddress(contact, channel) === undefined) return { ...message, held_back: BAD_ADDRESS };
  const wait = waitForHours(contact, purpose, project, owed_at);
  if (wait?.until === Infinity) return { ...message, held_back: wait.because };
  const now = wait?.until ?? owed_at;
  const mood = project.moods.of({ contact, now, zone: zoneOf(contact, project) });
  const tone = chooseTone(project.tone, channel, contact, mood);
  const survey = project.messages[message.message]?.survey ?? null;
  const has_consent = contact.profile.consent[channel]?.granted === true;
  return {
    ...message,
    owed_at: now,
    tone: tone.tone,
    formality: tone.formality,
    because: tone.because,
    language: languageOf(contact, project),
    held_back: holdBackNow({ purpose, survey, has_consent, tone, mood: mood.mood }),
  };
}
