/** What a contact asked for on the preference page, kept in fields so that conditions can ask for it too. */
import type { Instant } from '../events/event.ts';
import { instantOf, readMoment } from '../time/moment.ts';
import type { Contact } from './contact.ts';

/** Until when no promotions are wanted; an ISO 8601 moment. */
export const PAUSED_UNTIL = 'promotions_paused_until';
/** `fewer`, or anything else for as many as there are. */
export const FREQUENCY = 'promotions_frequency';
export const FEWER = 'fewer';

/** Until when promotions are paused; undefined where they are not at `now`. */
export function pausedUntil({ profile }: Contact, now: Instant, zone: string): Instant | undefined {
  const moment = readMoment(profile.fields[PAUSED_UNTIL]?.value);
  const until = moment && instantOf(moment, zone);
  return until !== undefined && until > now ? until : undefined;
}

export function wantsFewer({ profile }: Contact): boolean {
  return profile.fields[FREQUENCY]?.value === FEWER;
}
