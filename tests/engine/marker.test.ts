import { describe, expect, it } from 'vitest';
import { createMarker } from '../../src/engine/marker.ts';
import type { MessageMark, Store } from '../../src/engine/ports.ts';

interface Statement {
  readonly token: string;
  readonly ids: readonly string[];
  commit(written?: readonly string[]): void;
  fail(error: Error): void;
}

/** A store whose statements end when the test says so. */
function heldStore() {
  const statements: Statement[] = [];
  const mark: Store['mark'] = (token, marks) =>
    new Promise((resolve, reject) => {
      const ids = marks.map(({ id }) => id);
      statements.push({ token, ids, commit: (written = ids) => resolve(new Set(written)), fail: reject });
    });
  return { store: { mark } as unknown as Store, statements };
}

function sent(id: string): MessageMark {
  return { id, state: 'sent', at: 0 };
}

/** Lets everything that is ready to run, run. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('marks of messages that are handed over side by side', () => {
  it('go together: those of one moment in one statement, those that come meanwhile in the next', async () => {
    const { store, statements } = heldStore();
    const marker = createMarker(store, 'claim', false);
    const marks = ['a', 'b', 'c'].map((id) => marker.mark(sent(id)));
    await breathe();
    const later = ['d', 'e'].map((id) => marker.mark(sent(id)));
    await breathe();
    expect(statements.map(({ ids }) => ids)).toEqual([['a', 'b', 'c']]);
    statements[0]?.commit();
    expect(await Promise.all(marks)).toEqual([true, true, true]);
    await breathe();
    expect(statements.map(({ ids }) => ids)).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
    statements[1]?.commit();
    expect(await Promise.all(later)).toEqual([true, true]);
    expect(statements.map(({ token }) => token)).toEqual(['claim', 'claim']);
  });

  it('resolve when they are committed and not before', async () => {
    const { store, statements } = heldStore();
    const marker = createMarker(store, 'claim', false);
    let is_marked = false;
    const mark = marker.mark(sent('a')).then(() => (is_marked = true));
    await breathe();
    expect(is_marked).toBe(false);
    statements[0]?.commit();
    await mark;
  });

  it('answer false where the claim is no longer ours', async () => {
    const { store, statements } = heldStore();
    const marker = createMarker(store, 'claim', false);
    const marks = ['a', 'b'].map((id) => marker.mark(sent(id)));
    await breathe();
    statements[0]?.commit(['b']);
    expect(await Promise.all(marks)).toEqual([false, true]);
  });

  it('fail together with their statement, and the next statement works', async () => {
    const { store, statements } = heldStore();
    const marker = createMarker(store, 'claim', false);
    const marks = Promise.allSettled(['a', 'b'].map((id) => marker.mark(sent(id))));
    await breathe();
    const later = marker.mark(sent('c'));
    statements[0]?.fail(new Error('the database is away'));
    expect((await marks).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await breathe();
    statements[1]?.commit();
    expect(await later).toBe(true);
  });

  it('are not forgotten at whatever step after the one before they come', async () => {
    for (let steps = 0; steps < 10; steps++) {
      const { store, statements } = heldStore();
      const marker = createMarker(store, 'claim', false);
      const first = marker.mark(sent('a'));
      await breathe();
      statements[0]?.commit();
      for (let step = 0; step < steps; step++) await Promise.resolve();
      const second = marker.mark(sent('b'));
      await breathe();
      statements[1]?.commit();
      expect(await Promise.all([first, second])).toEqual([true, true]);
    }
  });
});
