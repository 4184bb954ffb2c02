/** What can stand in the list of all that ever happened with one contact. */

export const TIMELINE_KINDS = [
  'event',
  'stage',
  'segment',
  'run_began',
  'run_ended',
  'message',
  'response',
  'call',
  'consent',
] as const;
export type TimelineKind = (typeof TIMELINE_KINDS)[number];
