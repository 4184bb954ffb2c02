/**
 * Keys of PostgreSQL's advisory locks, all in one place, as two uses of one number would be in each other's way. Those of
 * the first kind are classes, with a second number beside them.
 */
export const LOCK = {
  /** With the number of a process, for as long as it lives. */
  instance: 738_420,
  /** With the number of a partition, for as long as a turn is at it. */
  turn: 738_422,
  /** What is said of a person, against her erasure. */
  erasure: 738_421,
  /** Beginning and ending notices by a command. */
  commanding: 738_423,
  /** Looking whether a test has a winner. */
  looking: 738_424,
  /** Deleting what is too old. */
  cleaning: 738_425,
  /** Changing who may sign in. */
  users: 738_426,
  /** Counting tries to sign in. */
  signing_in: 738_427,
  /** Making a project live. */
  deploying: 738_428,
  migration: 7_384_201,
} as const;
