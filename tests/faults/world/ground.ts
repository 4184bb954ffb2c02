/** What all worlds stand on: the built program, and one PostgreSQL with a database to copy from. */
import type { Backend } from '../fault.ts';
import type { OpenWorld } from './world.ts';

export interface Ground {
  /** Why nothing can be run over this backend here; undefined where it can. */
  lacks(backend: Backend): string | undefined;
  worldsFor(backend: Backend): Worlds;
  close(): Promise<void>;
}

/** The worlds of one run; closing takes them down. */
export interface Worlds {
  readonly open: OpenWorld;
  close(): Promise<void>;
}

export function openGround(): Promise<Ground> {
  return Promise.reject(new Error('not here yet'));
}
