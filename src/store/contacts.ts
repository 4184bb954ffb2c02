/** Contacts, as people look for them and look at them. */
import { sql } from 'drizzle-orm';
import { eventId } from './append.ts';
import { contactFacts, type ContactFacts } from './contact-facts.ts';
import {
  contactPage,
  countContacts,
  type ContactPage,
  type PageAsked,
  type WhichContacts,
} from './contact-list.ts';
import { timelinePage, type TimelineAsked, type TimelinePage } from './contact-timeline.ts';
import type { Database } from './database.ts';
import { TooWide } from './bounded-question.ts';
import { writtenIn } from './segments.ts';
import type { LoadedProject } from '../project/load.ts';
import type { Instant } from '../core/events/event.ts';

type Asked = Omit<PageAsked, 'written'>;

export interface Contacts {
  /** Newest first, by the words of this project. `too_wide` where it would look at too much. */
  page(asked: Asked, loaded: LoadedProject): Promise<ContactPage | 'too_wide'>;
  count(which: WhichContacts, loaded: LoadedProject, now: Instant): Promise<number | 'too_wide'>;
  facts(contact_id: string): Promise<ContactFacts>;
  timeline(contact_id: string, asked: TimelineAsked): Promise<TimelinePage>;
  /** Whose the event is that was told under this id; undefined where none was. */
  ownerOfEvent(message_id: string): Promise<string | undefined>;
}

export function openContacts(db: Database): Contacts {
  return {
    page: (asked, loaded) => orTooWide(contactPage(db, { ...asked, written: writtenIn(loaded) })),
    count: (which, loaded, now) => orTooWide(countContacts(db, { which, written: writtenIn(loaded), now })),
    facts: (contact_id) => contactFacts(db, contact_id),
    timeline: (contact_id, asked) => timelinePage(db, contact_id, asked),
    ownerOfEvent: (message_id) => ownerOfEvent(db, message_id),
  };
}

async function orTooWide<T>(question: Promise<T>): Promise<T | 'too_wide'> {
  return question.catch((error: unknown) => {
    if (error instanceof TooWide) return 'too_wide' as const;
    throw error;
  });
}

async function ownerOfEvent(db: Database, message_id: string): Promise<string | undefined> {
  const found = await db.execute<{ id: string }>(sql`
    select coalesce(c.merged_into, c.id) as id from events e join contacts c on c.id = e.contact_id
    where e.id = ${eventId(message_id)}`);
  return found.rows[0]?.id;
}
