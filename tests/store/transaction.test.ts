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

/** Makes the next inserts into `notes` fail with this code. */
async function failNext({ db }: OpenDatabase, times: number, code: string): Promise<void> {
  await db.execute(
    sql.raw(`create sequence tried;
    create function fail() returns trigger language plpgsql as $$ begin
      if nextval('tried') <= ${times} then raise exception using errcode = '${code}'; end if;
      return new;
    end $$;
    create trigger fail before insert on notes for each row execute function fail()`),
  );
}

const note = ({ db }: OpenDatabase): Promise<unknown> =>
  transaction(db, (tx) => tx.execute(sql`insert into notes values ('kept')`));

test.each([
  ['a deadlock', '40P01'],
  ['a serialization failure', '40001'],
])('%s is begun anew, five times in all at most', async (_, code) => {
  const database = await openOne();
  onTestFinished(() => database.close());
  await failNext(database, 4, code);
  await note(database);
  expect(await notes(database)).toEqual(['kept']);
  await database.db.execute(sql`alter sequence tried minvalue -5 restart with -5`);
  await expect(note(database)).rejects.toMatchObject({ cause: { code } });
  expect(await notes(database)).toEqual(['kept']);
});

test('what fails for another reason is not begun anew', async () => {
  const database = await openOne();
  onTestFinished(() => database.close());
  await failNext(database, 1, '23505');
  await expect(note(database)).rejects.toMatchObject({ cause: { code: '23505' } });
});
