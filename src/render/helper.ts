import type { Json } from '../core/json.ts';

/** The whole context of the message being rendered: plain data, see `context.ts`. */
export type Root = { readonly [key: string]: Json | undefined };

interface Described {
  readonly name: string;
  /** Fewest and most words (parameters) it takes. */
  readonly takes: readonly [number, number];
  /** A right use, shown when somebody writes it wrong. */
  readonly example: string;
  /** Parameters (by place) that, when written as text, must be one of these. */
  readonly choices?: { readonly [place: number]: readonly string[] };
}

/** Prints something: `{{money cart.value}}`. Must answer text for any value, also for a missing one. */
export interface ValueHelper extends Described {
  readonly kind: 'value';
  print(params: readonly unknown[], root: Root): string;
}

/** Asks something: `{{#tone "calm"}}…{{else}}…{{/tone}}`, or `{{#if (is a b)}}`. */
export interface TestHelper extends Described {
  readonly kind: 'test';
  holds(params: readonly unknown[], root: Root): boolean;
}

export type Helper = ValueHelper | TestHelper;
