/** How the work stands at a moment: what waits, for how long, and who is at it. Times are in milliseconds. */
export interface Standing {
  /** For how long the message that is latest could have left; 0 where none is late. */
  readonly oldest_owed_message: number;
  /** The same of happenings that wait to be decided. A sample: the first few of each partition. */
  readonly oldest_happening: number;
  /** The same of contacts whom time alone asks to be decided. */
  readonly oldest_due_contact: number;
  /** What is so late that nobody seems to be at it: see `STUCK_AFTER`. Counted up to 1000. */
  readonly stuck_messages: number;
  /** Partitions in which somebody waits for so long. */
  readonly stuck_partitions: number;
  /** Messages of the last seven days of which nobody can know whether they arrived. Counted up to 1000. */
  readonly uncertain_messages: number;
  /** Held back since a restore, until somebody decides. Counted up to 1000. */
  readonly held_contacts: number;
  /** Contacts that could not be decided and wait apart. Counted up to 1000. */
  readonly put_aside_contacts: number;
  /** Partitions that some process is at just now. */
  readonly partitions_held: number;
  /** Messages that processes have in their hands. */
  readonly claims: number;
  /** Running processes that are connected. */
  readonly processes: number;
}

/** So late, in milliseconds, is nothing that anybody is at. */
export const STUCK_AFTER = 10 * 60_000;
