import { describe, expect, it } from 'vitest';
import { createMarker, type WriteMarks } from '../../src/engine/marker.ts';
import type { ClaimedMark } from '../../src/engine/ports.ts';

interface Statement {
  readonly ids: readonly string[];
  readonly tell_sent: boolean;
  /** @param places those of the list that were written; all where none are given. */
  commit(places?: readonly number[]): void;
  fail(error: Error): void;
}

/** Statements that end when the test says so. */
function heldStatements() {
  const statements: Statement[] = [];
  const write: WriteMarks = (marks, tell_sent) =>
    new Promise((resolve, reject) => {
      const ids = marks.map(({ id }) => id);
      const commit = (places = [...ids.keys()]): void => resolve(new Set(places));
      statements.push({ ids, tell_sent, commit, fail: reject });
    });
  return { marker: createMarker(write, () => false), statements };
}

function leaves(id: string): ClaimedMark {
  return { id, claim: 'claim', state: 'handing_over', at: 0 };
}

function sent(id: string): ClaimedMark {
  return { id, claim: 'claim', state: 'sent', at: 0 };
}

/** Lets everything that is ready to run, run. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('marks of messages that are handed over side by side', () => {
  it('go together: those of one moment in one statement, those that come meanwhile in the next', async () => {
    const { marker, statements } = heldStatements();
    const marks = ['a', 'b', 'c'].map((id) => marker.mark(leaves(id)));
    await breathe();
    const later = ['d', 'e'].map((id) => marker.mark(leaves(id)));
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
  });

  it('resolve when they are committed and not before', async () => {
    const { marker, statements } = heldStatements();
    let is_marked = false;
    const mark = marker.mark(leaves('a')).then(() => (is_marked = true));
    await breathe();
    expect(is_marked).toBe(false);
    statements[0]?.commit();
    await mark;
  });

  it('that a message was sent goes along with the next that leaves, or by itself a moment later', async () => {
    const { marker, statements } = heldStatements();
    const first = marker.mark(sent('a'));
    await breathe();
    expect(statements).toEqual([]);
    const leaving = marker.mark(leaves('b'));
    await breathe();
    expect(statements.map(({ ids }) => ids)).toEqual([['a', 'b']]);
    const alone = marker.mark(sent('c'));
    statements[0]?.commit();
    expect(await Promise.all([first, leaving])).toEqual([true, true]);
    await expect.poll(() => statements.length).toBe(2);
    statements[1]?.commit();
    expect(await alone).toBe(true);
  });

  it('of two claims on one message are told apart', async () => {
    const { marker, statements } = heldStatements();
    const marks = ['lost', 'held'].map((claim) => marker.mark({ ...leaves('a'), claim }));
    await breathe();
    expect(statements).toHaveLength(1);
    statements[0]?.commit([1]);
    expect(await Promise.all(marks)).toEqual([false, true]);
  });

  it('answer false where the claim is no longer ours', async () => {
    const { marker, statements } = heldStatements();
    const marks = ['a', 'b'].map((id) => marker.mark(leaves(id)));
    await breathe();
    statements[0]?.commit([1]);
    expect(await Promise.all(marks)).toEqual([false, true]);
  });

  it('fail together with their statement, and the next statement works', async () => {
    const { marker, statements } = heldStatements();
    const marks = Promise.allSettled(['a', 'b'].map((id) => marker.mark(leaves(id))));
    await breathe();
    const later = marker.mark(leaves('c'));
    statements[0]?.fail(new Error('the database is away'));
    expect((await marks).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await breathe();
    statements[1]?.commit();
    expect(await later).toBe(true);
  });

  it('are not forgotten at whatever step after the one before they come', async () => {
    for (let steps = 0; steps < 10; steps++) {
      const { marker, statements } = heldStatements();
      const first = marker.mark(leaves('a'));
      await breathe();
      statements[0]?.commit();
      for (let step = 0; step < steps; step++) await Promise.resolve();
      const second = marker.mark(leaves('b'));
      await breathe();
      statements[1]?.commit();
      expect(await Promise.all([first, second])).toEqual([true, true]);
    }
  });
});
