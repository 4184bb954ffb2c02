import type { Contact } from '../core/contacts/contact.ts';
import type { Message } from '../core/messages/message.ts';

export interface Rendered {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Makes the words of a message for the contact as it stood when the message was sent. */
export type Render = (owed: Message, contact: Contact) => Promise<Rendered>;
