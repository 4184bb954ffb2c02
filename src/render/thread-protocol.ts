/** What the two sides of a rendering thread tell each other. */
import type { MessageTemplates } from './message.ts';

export interface Work {
  readonly key: string;
  /** As JSON text: the copy across the border is at the same time the stripping to plain data. */
  readonly context: string;
}

export interface Request {
  readonly work: readonly Work[];
  /** Sources of the keys that the thread has not got. */
  readonly templates: { readonly [key: string]: MessageTemplates };
  /** Keys whose compiled templates it should let go. */
  readonly forget: readonly string[];
}

/** Places in the shared progress array: the message being rendered (IDLE between requests), steps done so far, … */
export const POSITION = 0;
export const STEPS = 1;
/** … and 1 while its templates are being compiled, which may take longer than a message. */
export const COMPILING = 2;
export const IDLE = -1;
