import { ApiError } from '../app/client.ts';

export interface Telling {
  readonly id: number;
  readonly kind: 'done' | 'failed';
  readonly text: string;
}

const SHOWN_FOR = 6000;

let tellings: readonly Telling[] = [];
let last = 0;
const listeners = new Set<() => void>();

/** Says at the edge of the screen, and to screen readers, what came of something. */
export const tell = {
  done(text: string): void {
    const id = add('done', text);
    setTimeout(() => forget(id), SHOWN_FOR);
  },
  /** Stays until it is closed. */
  failed(error: unknown): void {
    add('failed', sentenceOf(error));
  },
};

export function forget(id: number): void {
  change(tellings.filter((one) => one.id !== id));
}

export function listenToTellings(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentTellings(): readonly Telling[] {
  return tellings;
}

function add(kind: Telling['kind'], text: string): number {
  last += 1;
  change([...tellings, { id: last, kind, text }]);
  return last;
}

function change(to: readonly Telling[]): void {
  tellings = to;
  for (const listener of listeners) listener();
}

function sentenceOf(error: unknown): string {
  if (error instanceof ApiError && error.pointer) return `${error.message} (${error.pointer})`;
  return error instanceof Error ? error.message : String(error);
}
