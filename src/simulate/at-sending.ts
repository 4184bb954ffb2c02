import type { Contact } from '../core/contacts/contact.ts';
import { languageOf, zoneOf } from '../core/contacts/locale.ts';
import { soleAddress } from '../core/messages/address-of.ts';
import { BAD_ADDRESS, holdBackNow, waitForHours } from '../core/messages/may-send.ts';
import { planOf, type Message } from '../core/messages/message.ts';
import { heldByNotice } from '../core/notices/meanwhile.ts';
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
  const zone = zoneOf(contact, project);
  const mood = project.moods.of({ contact, now, zone });
  const tone = chooseTone(project.tone, channel, contact, mood);
  const plan = planOf(project.messages, message.message);
  const sending = { purpose, plan, channel, tone, mood: mood.mood, now, zone };
  return {
    ...message,
    owed_at: now,
    tone: tone.tone,
    formality: tone.formality,
    because: tone.because,
    language: languageOf(contact, project),
    held_back:
      holdBackNow(contact, { ...sending, consents: contact.profile.consent }, project) ??
      heldByNotice(project.notices, message, now),
  };
}
