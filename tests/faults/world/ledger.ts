/** What Etapa has acknowledged: written to the disk before it counts. */
import { readFile } from 'node:fs/promises';
import { openJournal } from './journal.ts';

export type LedgerLine =
  /** Events that were answered with a 2xx, by their message ids. */
  | { readonly kind: 'events'; readonly ids: readonly string[] }
  /** An address whose unsubscribing was answered with a 2xx, at this moment. */
  | { readonly kind: 'unsubscribed'; readonly to: string; readonly at: number };

export interface Ledger {
  note(line: LedgerLine): Promise<void>;
  /** As it is on the disk. */
  read(): Promise<readonly LedgerLine[]>;
}

export function openLedger(file: string): Ledger {
  const journal = openJournal(file);
  return {
    note: (line) => journal.write(line),
    async read() {
      const text = await readFile(file, 'utf8');
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as LedgerLine);
    },
  };
}
