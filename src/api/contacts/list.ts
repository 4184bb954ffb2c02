/** The list of contacts, page by page, and as a table for spreadsheets. */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { App } from '../../app.ts';
import { csvLine } from '../../core/csv.ts';
import { documentedBy, pageQuery, readAs, readCursor, writeCursor } from '../zod-routes.ts';
import { contactPage } from './shapes.ts';
import { readWhich, tooWide, whichQuery } from './which.ts';

export interface ListOptions {
  readonly contacts: Pick<App['contacts'], 'page' | 'count'>;
  readonly live: App['live'];
  readonly readCondition: App['readCondition'];
  readonly now: App['now'];
}

export function listRoutes(app: FastifyInstance, { contacts, live, readCondition, now }: ListOptions): void {
  app.get('/v1/contacts', documentedBy(LISTED), async ({ query }) => {
    const { limit, cursor, count: is_counted, ...asked } = readAs(listQuery, query);
    const project = live();
    const which = readWhich(asked, project, readCondition);
    const at = await now();
    const place = readCursor(cursor, z.tuple([z.uuid()]));
    const [page, count] = await Promise.all([
      contacts.page({ which, now: at, after: place?.[0] ?? null, limit }, project),
      is_counted ? contacts.count(which, project, at) : null,
    ]);
    if (page === 'too_wide' || count === 'too_wide') throw tooWide();
    return {
      contacts: page.contacts.map(listed),
      next: writeCursor(page.next === null ? null : [page.next]),
      ...{ search_cut: page.search_cut, count },
    };
  });

  app.get('/v1/contacts.csv', documentedBy(TABLE), async ({ query }, reply) => {
    const project = live();
    const which = readWhich(readAs(whichQuery, query), project, readCondition);
    const at = await now();
    const pageAfter = async (after: string | null): Promise<Page> => {
      const page = await contacts.page({ which, now: at, after, limit: ROWS_AT_ONCE }, project);
      if (page === 'too_wide') throw tooWide();
      return page;
    };
    // What is wrong with the question is told before the first line has left.
    const first = await pageAfter(null);
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="contacts.csv"')
      .send(Readable.from(linesFrom(first, pageAfter)));
  });
}

type Page = Exclude<Awaited<ReturnType<App['contacts']['page']>>, string>;
type Row = Page['contacts'][number];

const ROWS_AT_ONCE = 500;
const MOST_ROWS = 100_000;

async function* linesFrom(
  first: Page,
  pageAfter: (after: string | null) => Promise<Page>,
): AsyncGenerator<string> {
  yield `${csvLine(COLUMNS)}\r\n`;
  let page = first;
  for (let rows = 0; ; page = await pageAfter(page.next)) {
    yield page.contacts.map((row) => `${csvLine(cellsOf(row))}\r\n`).join('');
    rows += page.contacts.length;
    if (page.next === null || rows >= MOST_ROWS) return;
  }
}

const COLUMNS = [
  ...['id', 'name', 'email', 'stage', 'stage_since', 'persona', 'segments', 'language', 'orders_count'],
  ...['orders_value', 'cart_value', 'currency', 'last_event_at', 'churn_risk'],
] as const;

function cellsOf(row: Row): readonly (string | number | null)[] {
  const { segments, ...others } = listed(row);
  const cells: Readonly<Record<string, string | number | null>> = { ...others, segments: segments.join(' ') };
  return COLUMNS.map((column) => cells[column] ?? null);
}

function listed({ stage_since, last_event_at, ...row }: Row) {
  return {
    ...row,
    stage_since: new Date(stage_since).toISOString(),
    last_event_at: last_event_at === null ? null : new Date(last_event_at).toISOString(),
  };
}

const listQuery = pageQuery.extend({
  ...whichQuery.shape,
  count: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('Whether all that are meant are counted as well, which may take longer than the page.'),
});

const TAG = 'Contacts';
const WHICH =
  'Newest first. What is written must all hold. `where` is checked as the files of a project are, and its mistakes are told in the same sentences. A question that would look at too much for a few seconds is refused with 422.';

const LISTED = {
  tag: TAG,
  summary: 'List contacts',
  description: WHICH,
  query: listQuery,
  answers: { 200: { description: 'A page; `next` is null on the last one', holds: contactPage } },
};

const TABLE = {
  tag: TAG,
  summary: 'List contacts as CSV',
  description: `${WHICH} At most ${MOST_ROWS} rows. Cells that a spreadsheet would take for a formula begin with an apostrophe.`,
  query: whichQuery,
  answers: { 200: { description: 'The table, written while it is read' } },
};
