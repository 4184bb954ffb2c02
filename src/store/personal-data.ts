/** What people may ask for about themselves: all that is kept of them, what they were sent, and to be forgotten. */
import type { Instant } from '../core/events/event.ts';
import type { Live } from '../engine/live-project.ts';
import { messagePage, type MessagePage, type MessagesAsked } from './contact-messages.ts';
import type { Database } from './database.ts';
import { erase, type Erased, type Erasing } from './erasure.ts';
import { exportPerson } from './person-export.ts';

export interface PersonalData {
  /** One JSON document, piece by piece; its shape is in `api/contacts/export-shape.ts`. */
  export(contact_id: string, at: Instant): AsyncIterable<string>;
  /** Messages of a contact, newest first. */
  messages(contact_id: string, asked: MessagesAsked): Promise<MessagePage>;
  /** Undefined where there is no such contact. */
  erase(erasing: Erasing): Promise<Erased | undefined>;
}

export function openPersonalData(db: Database, live: Live): PersonalData {
  return {
    export: (contact_id, at) => exportPerson(db, contact_id, at),
    messages: (contact_id, asked) => messagePage(db, contact_id, asked),
    erase: (erasing) => erase(db, erasing, live().project),
  };
}
