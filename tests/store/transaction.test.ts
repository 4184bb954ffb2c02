import { sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase, type OpenDatabase } from '../../src/store/database.ts';
import { transaction } from '../../src/store/transaction.ts';
import { newEmptyDatabase } from '../support/database.ts';

/** A database with one connection, which is therefore missed as soon as it is not given back. */
async function openOne(): Promise<OpenDatabase> {
  const database = openDatabase(await newEmptyDatabase(), { max: 1 });
  await database.db.execute(sql`create table notes (text text not null)`);
  return database;
}

/** Breaks the connection that is taken next, when it has been taken. */
function breakNext({ pool }: OpenDatabase): void {
  pool.once('acquire', (client) => {
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  });
}

async function notes({ db }: OpenDatabase): Promise<unknown[]> {
  const { rows } = await db.execute(sql`select text from notes order by text`);
  return rows.map(({ text }) => text);
}

test('keeps what is written when the work is done, and nothing of what fails', async () => {
  const database = await openOne();
  onTestFinished(() => database.close());
  expect(
    await transaction(database.db, async (tx) => {
      await tx.execute(sql`insert into notes values ('kept')`);
      return 'done';
    }),
  ).toBe('done');
  const failing = transaction(database.db, async (tx) => {
    await tx.execute(sql`insert into notes values ('gone')`);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await notes(database)).toEqual(['kept']);
});

test.each(['before it begins', 'in the midst of it'])(
  'a connection that breaks %s is replaced, and closing waits for none',
  async (when) => {
    const database = await openOne();
    for (let round = 0; round < 3; round++) {
      if (when === 'before it begins') breakNext(database);
      const work = transaction(database.db, (tx) =>
        tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`),
      );
      await expect(work).rejects.toThrow(/terminat|closed|query/i);
    }
    expect(await notes(database)).toEqual([]);
    await database.close();
  },
);
