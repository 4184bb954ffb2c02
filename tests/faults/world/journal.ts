/** A file to which lines are added, each on the disk before anybody is told so. */
import { fdatasync, openSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';

export interface Journal {
  /** Resolves when the line is on the disk. Lines that come while one sync is under way share the next. */
  write(line: object): Promise<void>;
}

const sync = promisify(fdatasync);

export function openJournal(file: string): Journal {
  const descriptor = openSync(file, 'a');
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  function begin(): Promise<void> {
    return (current = sync(descriptor).finally(() => (current = undefined)));
  }

  return {
    write(line) {
      writeSync(descriptor, `${JSON.stringify(line)}\n`);
      if (!current) return begin();
      next ??= current.then(() => {
        next = undefined;
        return begin();
      });
      return next;
    },
  };
}
