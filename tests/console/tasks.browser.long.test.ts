/** Ten tasks of a new user, each done in the console by visible labels and roles alone, as docs/tasks.md tells them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CalendarYear } from '../../src/api/calendar/shapes.ts';
import type { ContactPage, Person, WhyNot } from '../../src/api/contacts/shapes.ts';
import type { JourneyMap } from '../../src/api/map/shapes.ts';
import type { TemplateList } from '../../src/api/templates/shapes.ts';
import { REPOSITORY } from '../support/built-program.ts';
import { noChromium, openConsole, type OpenConsole } from './console.ts';

const DAY = 24 * 60 * 60 * 1000;

let house: OpenConsole;
/** By title, in the order of docs/tasks.md; each gets a window of somebody who has just signed in. */
const tasks: [title: string, work: (page: Page) => Promise<void>][] = [];

function task(title: string, work: (page: Page) => Promise<void>): void {
  tasks.push([title, work]);
}

task('1. Find which stage loses most money', async (page) => {
  const opportunities = page.getByRole('region', { name: 'Opportunities' });
  const first = opportunities.getByRole('listitem').filter({ hasText: 'may cost' }).first();
  const told = await first.innerText();

  const { stages, opportunities: all } = await ask<JourneyMap>('map');
  const leaks = all.filter(({ kind }) => kind === 'leak');
  const worst = leaks.toSorted((a, b) => (b.money ?? 0) - (a.money ?? 0))[0];
  const stage = stages.find((one) => one.stage === worst?.stage);
  expect(worst?.money).toBeGreaterThan(0);
  expect(told).toContain(stage?.title.en ?? 'no stage');
  expect(told).toContain(`may cost €${(worst?.money ?? 0).toLocaleString('en-GB')}`);
  const lost = (stage?.people.went_back ?? 0) + (stage?.friction.stalled ?? 0);
  expect(told).toContain(`${lost} people were lost in`);
});

task('2. Compare this month with the one before, and share the link', async (page) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('combobox', { name: 'Period' }).click();
  await page.getByRole('option', { name: 'This month' }).click();
  const answered = page.waitForResponse(/\/v1\/map\?.*compare_from=/);
  await page.getByRole('radiogroup', { name: 'Compare with' }).getByText('The period before').click();
  const asked = new URL((await answered).url()).searchParams;
  await page.getByText(/compared with 1 \w+ \d{4} to /).waitFor();

  const first_day = asked.get('from') ?? '';
  expect(first_day).toMatch(/-01$/);
  const day_before = new Date(Date.parse(first_day) - DAY).toISOString();
  expect(asked.get('compare_from')).toBe(`${day_before.slice(0, 8)}01`);
  const { stages } = await ask<JourneyMap>(`map?${asked.toString()}`);
  const expected = stages.map(({ people, before }) => changeTold(people.at_end, before?.people.at_end));
  const row = (of: Page): Locator => of.getByRole('row', { name: /^People and flow/ });
  const cells = row(page).getByRole('cell');
  for (const [place, change] of expected.entries())
    expect(await cells.nth(place).innerText()).toContain(change);

  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.getByText('The link is copied.').waitFor();
  const link = await page.evaluate<string>('navigator.clipboard.readText()');
  const colleague = await house.newPage();
  await colleague.goto(link);
  await row(colleague).waitFor();
  expect(await row(colleague).innerText()).toBe(await row(page).innerText());
  await colleague.context().close();
});

task('3. Find why one contact got no reminder', async (page) => {
  const { rows } = await house.app.db.$client.query<{ id: string; email: string; because: string }>(`
      select c.id, c.profile #>> '{fields,email,value}' as email, m.held_because ->> 'en' as because
      from messages m join contacts c on c.id = m.contact_id
      where m.message = 'cart_reminder_1' and m.state = 'suppressed' and c.profile #>> '{fields,email,value}' <> ''
        and not exists (select from messages o
          where o.contact_id = c.id and o.message = m.message and o.state <> 'suppressed')
      order by m.owed_at desc limit 1`);
  const one = rows[0];
  if (!one) throw new Error('nobody was held back from a reminder');

  await openContact(page, one.email);
  const why = page.getByRole('region', { name: 'Why did this person not get …?' });
  await why.getByRole('combobox', { name: 'A message or a workflow' }).fill('cart_reminder_1');
  await page.getByRole('option', { name: 'cart_reminder_1' }).click();
  await why.getByText(one.because).first().waitFor();

  const { findings } = await ask<WhyNot>(`contacts/${one.id}/why-not?message=cart_reminder_1`);
  expect(findings.length).toBeGreaterThan(0);
  const answer = await why.innerText();
  for (const { says } of findings) expect(answer).toContain(says.en);
});

task('4. See in ten seconds why a contact got its last mail, in which tone and why', async (page) => {
  const { rows } = await house.app.db.$client.query<LastMail>(`
      select * from (
        select distinct on (m.contact_id) c.profile #>> '{fields,email,value}' as email, m.subject, m.state, m.tone,
          m.because ->> 'en' as because, m.channel, m.sent_at, m.contact_id
        from messages m join contacts c on c.id = m.contact_id
        order by m.contact_id, coalesce(m.sent_at, m.owed_at) desc
      ) latest where state = 'sent' and channel = 'email' and email <> '' order by sent_at desc limit 1`);
  const mail = rows[0];
  if (!mail) throw new Error('nobody got a mail');
  const begun = Date.now();

  await openContact(page, mail.email);
  await page.getByRole('group', { name: 'Show only' }).getByText('Messages').click();
  const latest = page.getByRole('region', { name: 'What happened' }).getByRole('listitem').first();
  await latest.getByRole('link', { name: mail.subject }).waitFor();
  await latest.getByText('Why', { exact: true }).click();
  await latest.getByText(`The tone is ${mail.tone} because ${mail.because}.`).waitFor();
  expect(await latest.innerText()).toMatch(/The workflow began because \S+/);
  expect(Date.now() - begun).toBeLessThan(10_000);
});

task("5. Correct a contact's name and suppress its address", async (page) => {
  const { contacts } = await ask<ContactPage>('contacts?limit=200');
  const one = contacts.find(({ email, name }) => email !== null && name !== null);
  if (!one?.email) throw new Error('nobody has a name and an address');

  await openContact(page, one.email);
  await page.getByRole('button', { name: 'Edit fields' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'first_name' }).fill('Aurelia');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { level: 1, name: /^Aurelia/ }).waitFor();
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Suppress the address' }).click();
  await page.getByRole('textbox', { name: 'Reason' }).fill('asked by phone');
  await page.getByRole('button', { name: 'Suppress', exact: true }).click();
  await page.getByText(`Suppressed: ${one.email}`).waitFor();

  const person = await ask<Person>(`contacts/${one.id}`);
  expect(person.name).toMatch(/^Aurelia/);
  expect(person.suppressions).toEqual([
    expect.objectContaining({ address: one.email, scope: 'all', reason: 'asked by phone' }),
  ]);
});

task('6. Find all people who ordered at least twice and are silent, as CSV', async (page) => {
  await goTo(page, 'Contacts');
  await addFieldCondition(page, 'orders.count', 'is at least', '2');
  await page.getByText('{ field: orders.count, at_least: 2 }').first().waitFor();
  await addFieldCondition(page, 'orders.last', 'lies farther back than, like "7 days"', '30 days');
  await page.getByText('{ field: orders.last, not_within: 30 days }').first().waitFor();
  await page.getByRole('button', { name: 'Count them all' }).click();
  const counted = await page.getByText(/^\d+ in all$/).innerText();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'As CSV' }).click(),
  ]);

  const { rows } = await house.app.db.$client.query<{ id: string }>(`
      with orders as (
        select coalesce(c.merged_into, c.id) as id, e.properties ->> 'order_id' as order_id, min(e.occurred_at) as at
        from events e join contacts c on c.id = e.contact_id
        where e.name = 'order_completed' and not exists (select from events gone
          where gone.name = 'order_cancelled' and gone.properties ->> 'order_id' = e.properties ->> 'order_id')
        group by 1, 2)
      select id from orders group by id having count(*) >= 2 and max(at) < now() - interval '30 days'`);
  expect(rows.length).toBeGreaterThan(0);
  expect(counted).toBe(`${rows.length} in all`);
  const [, ...lines] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines).toHaveLength(rows.length);
  for (const { id } of rows) expect(lines.filter((line) => line.includes(id))).toHaveLength(1);
});

task('7. Write a birthday workflow, mend an error, and try it on somebody made up', async (page) => {
  await goTo(page, 'Workflows');
  await page.getByRole('button', { name: 'New workflow' }).click();
  const dialog = page.getByRole('dialog', { name: 'New workflow' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('birthday_gift');
  await dialog.getByRole('button', { name: 'Create the draft' }).click();
  const editor = page.getByRole('textbox', { name: 'The file of the workflow' });
  await editor.waitFor();

  await editor.press('ControlOrMeta+End');
  await page.keyboard.type('  - exti: greeted');
  const problems = page.getByRole('alert').filter({ hasText: 'To be mended' });
  await problems.getByText('did you mean "exit"?').waitFor();
  await problems.getByRole('button', { name: /^line \d+$/ }).click();
  await page.keyboard.press('End');
  await page.keyboard.press('Shift+Home');
  await page.keyboard.type('- exit: greeted');
  await page.getByText('Nothing is wrong.').waitFor();

  await page.getByRole('tab', { name: 'Try it' }).click();
  await page.getByRole('textbox', { name: 'First name' }).fill('Irene');
  await page.getByRole('textbox', { name: 'Begins at (the clock of the contact)' }).fill('2026-11-17 12:00');
  await page.getByRole('combobox', { name: 'What', exact: true }).click();
  await page.getByRole('option', { name: 'Fields are told' }).click();
  await page.getByRole('textbox', { name: 'The fields (JSON)' }).fill('{"birthday": "1990-11-18"}');
  await page.getByRole('button', { name: 'Play' }).click();
  const story = page.getByRole('log', { name: 'What happens' });
  await story.getByText('Message: birthday_wish').waitFor();
  await story.getByText('Subject: Happy birthday, Irene').waitFor();
  await story.getByText('Walked to the end').waitFor();

  await page.getByRole('tab', { name: /^Edit/ }).click();
  await page.getByRole('button', { name: 'Deploy …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Deploy', exact: true }).click();
  await page.getByText(/^It is deployed\./).waitFor();
  await page.getByRole('button', { name: 'Let it begin' }).waitFor();
  const { files, project } = house.app.live();
  expect(files['workflows/birthday_gift.yaml']).toMatch(/birthday_wish\n {2}- exit: greeted/);
  expect(project.workflows.get('birthday_gift')?.status).toBe('draft');
});

task('8. Pause a workflow and let it go on', async (page) => {
  const status = () => house.app.live().project.workflows.get('welcome')?.status;
  await goTo(page, 'Workflows');
  await page.getByRole('link', { name: 'Welcome' }).click();
  await page.getByRole('button', { name: 'Pause or stop' }).click();
  await page.getByRole('menuitem', { name: 'Pause' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('heading', { level: 1, name: 'Welcome Paused' }).waitFor();
  expect(status()).toBe('paused');
  await page.getByRole('button', { name: 'Let it go on, or stop' }).click();
  await page.getByRole('menuitem', { name: 'Let it go on' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Let it go on' }).click();
  await page.getByRole('heading', { level: 1, name: 'Welcome Live' }).waitFor();
  expect(status()).toBe('live');
});

task('9. Declare the courier strike with a last day, see whom it reaches, and end it', async (page) => {
  const { rows } = await house.app.db.execute<{ n: number }>(
    sql`select count(*)::int as n from segment_members where segment = 'waiting_for_parcel'`,
  );
  const people = rows[0]?.n ?? 0;
  expect(people).toBeGreaterThan(0);
  const strike = async () =>
    (await ask<CalendarYear>('calendar')).notices.find(({ id }) => id === 'courier_strike');
  const last_day = new Date(Date.now() + 7 * DAY).toISOString().slice(0, 10);

  await goTo(page, 'Calendar');
  await page.getByRole('button', { name: 'Declare it' }).click();
  const dialog = page.getByRole('dialog', { name: 'Declare “courier_strike”' });
  await dialog.getByText(`${people} people in “waiting_for_parcel” are told`).waitFor();
  await dialog.getByRole('link', { name: 'See who they are' }).click();
  await page.getByRole('button', { name: 'Count them all' }).click();
  await page.getByText(`${people} in all`).waitFor();

  await goTo(page, 'Calendar');
  await page.getByRole('button', { name: 'Declare it' }).click();
  await dialog.getByLabel('The last day on which it is on').fill(last_day);
  await dialog.getByRole('button', { name: 'Declare it' }).click();
  await page.getByText('“courier_strike” is on.').waitFor();
  const declared = await strike();
  expect(declared?.is_on).toBe(true);
  const last_moment = Date.parse(declared?.occurrences.at(-1)?.to ?? '') - 1;
  expect(new Date(last_moment).toLocaleDateString('sv-SE', { timeZone: 'Europe/Madrid' })).toBe(last_day);

  await page.getByRole('button', { name: 'End it' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
  await page.getByText('“courier_strike” is over.').waitFor();
  expect((await strike())?.is_on).toBe(false);
});

task('10. Preview a message in each tone and language, on a phone', async (page) => {
  const { tones, languages } = await ask<TemplateList>('templates');
  await goTo(page, 'Messages');
  await page.getByRole('tab', { name: 'Templates' }).click();
  await page.getByRole('button', { name: 'cart_reminder_1', exact: true }).click();
  const chips = page.getByRole('group', { name: 'Tones' });
  for (const tone of tones) await chips.getByText(tone, { exact: true }).click();
  await page.getByRole('radiogroup', { name: 'Width' }).getByText('Phone').click();

  for (const tone of tones)
    for (const language of ['English', 'Spanish']) {
      const frame = page.getByTitle(new RegExp(`: ${tone}, ${language}$`));
      await frame
        .contentFrame()
        .getByText(/Lumbre/)
        .first()
        .waitFor();
      expect((await frame.boundingBox())?.width).toBeLessThanOrEqual(390);
    }
  expect(languages).toHaveLength(2);
  expect(await page.getByTitle(/, (English|Spanish)$/).count()).toBe(tones.length * 2);
});
describe.skipIf(noChromium)('somebody new', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    house = await openConsole();
  }, 300_000);
  afterAll(() => house?.close());
  afterEach(() => {
    expect(house.complaints(), 'errors in the console').toEqual([]);
  });

  test.each(tasks)('%s', async (_, work) => {
    const page = await house.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(`${house.base}/`);
    await page.getByRole('heading', { name: 'Opportunities' }).waitFor();
    await work(page);
    await page.context().close();
  });
});

test('the ten tasks stand in docs/tasks.md, in the same order', async () => {
  const text = await readFile(join(REPOSITORY, 'docs/tasks.md'), 'utf8');
  expect([...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual(tasks.map(([title]) => title));
});

interface LastMail {
  readonly email: string;
  readonly subject: string;
  readonly tone: string;
  readonly because: string;
}

async function ask<T>(path: string): Promise<T> {
  const answer = await fetch(`${house.origin}/v1/${path}`, {
    headers: { authorization: `Bearer ${house.key}` },
  });
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as T;
}

async function goTo(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

async function openContact(page: Page, email: string): Promise<void> {
  await goTo(page, 'Contacts');
  await page.getByRole('searchbox', { name: 'Search' }).fill(email);
  await page.getByRole('row').filter({ hasText: email }).getByRole('link').click();
  await page.getByRole('heading', { name: 'What happened' }).waitFor();
}

async function addFieldCondition(page: Page, field: string, operator: string, value: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a condition' }).click();
  await page.getByRole('combobox', { name: 'Ask about' }).click();
  await page.getByRole('option', { name: 'a field' }).click();
  await page.getByRole('combobox', { name: 'Field' }).fill(field);
  await page.getByRole('combobox', { name: 'Operator' }).click();
  await page.getByRole('option', { name: operator }).click();
  await page.getByRole('textbox', { name: 'Value' }).fill(value);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
}

/** By how much a figure is more or less than before, as the map says it. */
function changeTold(now: number, before = 0): string {
  if (now === before) return 'as before';
  return now > before ? `up ${now - before}` : `down ${before - now}`;
}
