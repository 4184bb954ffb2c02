/** From here on, tables change only in ways that hold nobody up and that old and new programs can both live with. */
import { describe, expect, it, test } from 'vitest';
import { migrationOf, readMigrations, type Migration } from '../../src/store/migration-files.ts';
import { dangersOf } from '../support/migration-rules.ts';

/** What the first release begins with: before it there was no database with anything in it. */
const BASE: ReadonlySet<string> = new Set([
  '0000_init',
  '0001_segments_calls_and_experiments',
  '0002_what_comes_back',
  '0003_consent_and_calm',
  '0004_turns_hold_partitions',
]);

test('no migration after the first release is a danger to a running system', async () => {
  const all = await readMigrations();
  const dangers = all.filter(({ tag }) => !BASE.has(tag)).flatMap((one) => dangersOf(one, all));
  expect(dangers).toEqual([]);
});

test('each migration was made after the one before it, as otherwise it would be left out', async () => {
  const moments = (await readMigrations()).map(({ when }) => when);
  expect(moments).toEqual([...new Set(moments)].sort((a, b) => a - b));
});

const EARLIER = migrationOf({ tag: '0004_earlier', when: 4 }, 'select 1;');

function dangers(text: string): readonly string[] {
  const one: Migration = migrationOf({ tag: '0005_this', when: 5 }, text);
  return dangersOf(one, [EARLIER, one]);
}

describe('what holds people up, or breaks a program from before, is told with its mend', () => {
  it.each([
    ['alter table "events" add column "x" text not null;', 'give the column a default'],
    ['alter table events add column x uuid default gen_random_uuid();', 'let a duty fill it'],
    ['alter table events add column x bigserial;', 'let a duty fill it'],
    ["alter table events add column x text generated always as (name || '') stored;", 'let a duty fill it'],
    ['ALTER TABLE "events" ALTER COLUMN "name" SET DATA TYPE varchar(9);', 'add another column'],
    ['alter table events alter column name type varchar(9);', 'add another column'],
    ['alter table events alter column name set not null;', '"not valid"'],
    ['create index "events_x" on "events" using btree ("name");', 'make it concurrently'],
    ['create unique index events_x\n  on events (name);', 'make it concurrently'],
    ['drop index events_x;', 'drop the index concurrently'],
    ['create index concurrently if not exists x on events (name);', '-- outside a transaction'],
    ['-- outside a transaction\ncreate index concurrently x on events (name);', 'can run again'],
    ["alter table events add constraint c check (name <> '');", '"not valid"'],
    ['alter table runs add constraint f foreign key (contact_id) references contacts (id);', '"not valid"'],
    ['alter table events add constraint u unique (name);', '"using index"'],
    ['alter table events rename column name to title;', 'add the new one beside it'],
    ['alter table events drop column name;', '-- contract after NAME'],
    ['drop table events;', '-- contract after NAME'],
    ['-- contract after 0009_later\ndrop table events;', 'must name a migration before it'],
    ["update events set name = '' where name is null;", 'in batches'],
    ['delete from events;', 'in batches'],
    [
      'alter table events add column x text;--> statement-breakpoint\nalter table contacts add column x text;',
      'write a file for each',
    ],
    ['truncate events;', 'nobody may read'],
    [
      'create table notes (a text);--> statement-breakpoint\nalter table events rename to happened;',
      'beside it',
    ],
  ])('%s', (text, mend) => {
    expect(dangers(text).join('\n')).toContain(mend);
  });
});

describe('what may be done at any time is not complained about', () => {
  it.each([
    'alter table events add column x text;',
    'alter table events add column x text;--> statement-breakpoint\nalter table events add column y text;',
    "alter table events add column x text default 'first' not null;",
    'alter table events add column x timestamptz default now() not null;',
    'create table notes (a text not null);--> statement-breakpoint\ncreate index notes_a on notes (a);',
    'create table notes (a text);--> statement-breakpoint\nalter table notes add constraint c check (a is not null);',
    '-- outside a transaction\ncreate index concurrently if not exists x on events (name);',
    '-- outside a transaction\ndrop index concurrently if exists x;',
    "alter table events add constraint c check (name <> '') not valid;",
    '-- outside a transaction\nalter table events validate constraint c;',
    'alter table events add constraint u unique using index x;',
    '-- contract after 0004_earlier\nalter table events drop column name;',
    "comment on table events is 'we never drop table or rename; see -- the rules';",
    "insert into leadership (role) values ('chores') on conflict do nothing;",
  ])('%s', (text) => {
    expect(dangers(text)).toEqual([]);
  });
});
