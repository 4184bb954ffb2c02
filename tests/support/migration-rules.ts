/**
 * What a migration may do to tables that are in use. PostgreSQL's own rules: which statements hold up everybody who reads
 * or writes, and for how long (its documentation of ALTER TABLE and CREATE INDEX); and ours: the programs before and
 * after it work at the same time. CONTRIBUTING.md tells them to people.
 */
import type { Migration } from '../../src/store/migration-files.ts';

/** What is wrong, a sentence each with the mend. */
export function dangersOf(migration: Migration, all: readonly Migration[]): readonly string[] {
  const statements = migration.statements.map(plain);
  const made = new Set(statements.flatMap((statement) => TABLE_MADE.exec(statement)?.[1] ?? []));
  const dangers = statements.flatMap((statement) => dangersIn(statement, migration, made));
  return [...headDangers(migration, all), ...dangers, ...manyTables(statements, migration, made)].map(
    (danger) => `${migration.tag}: ${danger}`,
  );
}

/** In one line, without comments, quotes of names and words in quotes. */
function plain(statement: string): string {
  return statement
    .replace(/'(?:[^']|'')*'|--.*$|\/\*[^]*?\*\//gm, (found) => (found.startsWith("'") ? "''" : ' '))
    .replace(/"/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

const TABLE_MADE = /^create (?:unlogged )?table (?:if not exists )?(?:public\.)?(\w+)/;

function dangersIn(
  statement: string,
  { outside_transaction, contract_after }: Migration,
  made: ReadonlySet<string>,
): readonly string[] {
  const found = RULES.filter(({ when, unless }) => when.test(statement) && !unless?.test(statement))
    .filter(({ of_old_tables }) => of_old_tables !== true || !made.has(tableOf(statement)))
    .filter(({ in_contract }) => in_contract !== true || contract_after === undefined)
    .map(({ mend }) => `${mend} (${statement.slice(0, 80)})`);
  if (outside_transaction) {
    if (!CAN_RUN_AGAIN.test(statement))
      found.push(
        `outside a transaction each statement must be one that can run again (${statement.slice(0, 80)})`,
      );
  } else if (/\bconcurrently\b/.test(statement))
    found.push('begin the file with "-- outside a transaction": concurrently is possible nowhere else');
  return found;
}

function tableOf(statement: string): string {
  const name =
    / on (?:only )?(?:public\.)?(\w+)|^alter table (?:if exists )?(?:only )?(?:public\.)?(\w+)/.exec(
      statement,
    );
  return name?.[1] ?? name?.[2] ?? '';
}

/** Who holds one table and waits for another may meet a program that holds that one and waits for the first. */
function manyTables(
  statements: readonly string[],
  { outside_transaction }: Migration,
  made: ReadonlySet<string>,
): readonly string[] {
  const altered = new Set(statements.filter((one) => one.startsWith('alter table')).map(tableOf));
  const old = [...altered].filter((table) => !made.has(table));
  if (outside_transaction || old.length < 2) return [];
  return [
    `it locks ${old.join(' and ')} at once, and a program that has locked one of them would be in its way: write a file for each`,
  ];
}

const CAN_RUN_AGAIN = /\bif (?:not )?exists\b|\bvalidate constraint\b/;

interface Rule {
  readonly when: RegExp;
  readonly unless?: RegExp;
  /** A table that the same migration makes has no rows and no readers. */
  readonly of_old_tables?: true;
  /** Allowed where everybody who needs it is gone. */
  readonly in_contract?: true;
  readonly mend: string;
}

const RULES: readonly Rule[] = [
  {
    when: /\badd column .*\bnot null\b/,
    unless: /\bdefault\b/,
    of_old_tables: true,
    mend: 'programs from before write no value: give the column a default, or let it be null',
  },
  {
    when: /\badd column .*(?:\bdefault (?:gen_random_uuid|random|clock_timestamp|timeofday|nextval|uuidv7)\b|\b(?:big|small)?serial\b|\bgenerated\b)/,
    of_old_tables: true,
    mend: 'this writes the whole table anew while nobody may read it: add the column without, and let a duty fill it',
  },
  {
    when: /\balter column \w+ (?:set data )?type\b/,
    of_old_tables: true,
    mend: 'another type writes the whole table anew: add another column, and take the old one away later',
  },
  {
    when: /\balter column \w+ set not null\b/,
    of_old_tables: true,
    mend: 'this reads the whole table while nobody may write: add a check that is "not valid", validate it in a later file, then set it',
  },
  {
    when: /^create (?:unique )?index\b/,
    unless: /\bconcurrently\b/,
    of_old_tables: true,
    mend: 'nobody may write while the index is made: make it concurrently, in a file of its own',
  },
  {
    when: /^drop index\b/,
    unless: /\bconcurrently\b/,
    mend: 'drop the index concurrently, in a file of its own',
  },
  {
    when: /^reindex\b/,
    unless: /\bconcurrently\b/,
    mend: 'reindex concurrently, in a file of its own',
  },
  {
    when: /\badd constraint .*\b(?:check|foreign key)\b/,
    unless: /\bnot valid\b/,
    of_old_tables: true,
    mend: 'this reads the whole table while nobody may write: add it "not valid", and validate it in a later file',
  },
  {
    when: /\badd constraint .*\b(?:unique|primary key|exclude)\b/,
    unless: /\busing index\b/,
    of_old_tables: true,
    mend: 'nobody may read or write while its index is made: make a unique index concurrently, then add the constraint "using index"',
  },
  {
    when: /\brename\b/,
    of_old_tables: true,
    mend: 'programs from before know the old name only: add the new one beside it, and take the old one away later',
  },
  {
    when: /^drop (?:table|type|view|sequence|function)\b|\bdrop column\b|\bdrop constraint\b|\bdrop default\b/,
    in_contract: true,
    mend: 'programs from before may need it: take it away in a later version, in a file that begins with "-- contract after NAME"',
  },
  {
    when: /^(?:with .*\b)?(?:update|delete from|merge into) /,
    mend: 'rows stay locked until all of them are written: let a duty do it in batches',
  },
  {
    when: /^(?:truncate|lock|vacuum full|cluster)\b|\bset (?:un)?logged\b|\bset tablespace\b/,
    of_old_tables: true,
    mend: 'nobody may read the table meanwhile',
  },
];

function headDangers({ when, contract_after }: Migration, all: readonly Migration[]): readonly string[] {
  if (contract_after === undefined) return [];
  const named = all.find(({ tag }) => tag === contract_after);
  if (named && named.when < when) return [];
  return [`"-- contract after ${contract_after}" must name a migration before it`];
}
