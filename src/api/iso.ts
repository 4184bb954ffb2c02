import type { Instant } from '../core/events/event.ts';

/** A moment as answers tell it (ISO 8601, UTC); null where there is none. */
export function iso(at: Instant): string;
export function iso(at: Instant | null): string | null;
export function iso(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
