import { afterEach } from 'vitest';

/** What is put into the list is called after the test, the last first, and awaited. To be called once in a file of tests. */
export function closedAfterEach(): (() => unknown)[] {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  return closing;
}
