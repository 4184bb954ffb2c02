/** F17: the clocks change, a day is added, and somebody moves. */
import { Temporal } from 'temporal-polyfill';
import { openTestApp } from '../../support/app.ts';
import { messageFiles, projectFiles } from '../../support/projects.ts';
import { identified, tracked } from '../../support/traffic.ts';
import type { FaultCase } from '../fault.ts';
import { inRoom, type OwnFindings, type Room } from '../room.ts';

export const clockChanges: FaultCase = {
  id: 'F17',
  name: 'the clocks change both ways, a leap day, and people who move to another zone meanwhile',
  correct:
    'A step at a time of day fires once: a time that is skipped a little later, one that comes twice the first time; who moves gets it once.',
  backends: 'both',
  run: (setting) => inRoom(setting, changeClocks),
};

/** The day before, and where. */
const NIGHTS: readonly (readonly [zone: string, eve: string])[] = [
  ['Europe/Madrid', '2026-03-28'],
  ['Europe/Madrid', '2026-10-24'],
  ['America/Santiago', '2026-09-05'],
  ['America/Santiago', '2026-04-04'],
  ['America/Bogota', '2026-03-28'],
  ['Pacific/Apia', '2026-10-24'],
  ['Pacific/Chatham', '2026-09-26'],
  ['Pacific/Chatham', '2026-04-04'],
  ['Europe/Madrid', '2028-02-28'],
  ['Pacific/Apia', '2028-02-28'],
];
const TIMES = ['00:00', '00:30', '01:30', '02:00', '02:30', '02:45', '03:00', '03:30', '23:30'] as const;
const HOUR = 60 * 60_000;

interface Person {
  readonly user: string;
  readonly zone: string;
  readonly eve: string;
  readonly time: string;
  readonly moves: boolean;
}

async function changeClocks(room: Room): Promise<OwnFindings> {
  const { backend, place, dice, world, must } = room;
  const people = NIGHTS.flatMap(([zone, eve], night) =>
    dice
      .shuffle([...TIMES])
      .slice(0, 4)
      .map((time, n): Person => ({ user: `p-${night}-${n}`, zone, eve, time, moves: n === 3 })),
  );
  const start = Date.parse('2026-03-01T00:00:00Z');
  const app = await openTestApp({ files: filesFor(people), backend, place, start });
  room.atEnd(() => app.close());
  const events = people.flatMap(({ user, zone, eve, time, moves }) => {
    const noon = at(`${eve}T12:00`, zone);
    const who = { user_id: user };
    const traits = { email: `${user}@example.com`, language: 'en', time_zone: zone };
    return [
      identified(who, traits, { at: noon - HOUR }),
      tracked(who, eventAt(time), {}, { at: noon }),
      ...(moves ? [identified(who, { time_zone: 'America/Bogota' }, { at: noon + HOUR })] : []),
    ];
  });
  await app.live(
    events.toSorted((a, b) => a.occurred_at - b.occurred_at),
    Date.parse('2028-03-03T00:00:00Z'),
    30 * 24 * HOUR,
  );
  const sent = await world.query<{ user: string; owed: number }>(
    `select i.value as user, (extract(epoch from m.owed_at) * 1000)::float8 as owed
    from messages m join identities i using (contact_id)`,
  );
  for (const person of people) {
    const theirs = sent.filter(({ user }) => user === person.user);
    const told = `${person.time} after the noon of ${person.eve} in ${person.zone}`;
    must(theirs.length === 1, `${told}: came ${theirs.length} times`);
    const expected = momentOf(person);
    if (!person.moves)
      must(theirs[0]?.owed === expected, `${told}: at ${inWords(theirs[0]?.owed)}, not ${inWords(expected)}`);
  }
  return { sent: app.parcels.length, own: { people: people.length, nights: NIGHTS.length } };
}

function eventAt(time: string): string {
  return `at_${time.replace(':', '_')}`;
}

/** A workflow for each time of day. */
function filesFor(people: readonly Person[]): ReturnType<typeof projectFiles> {
  const times = [...new Set(people.map(({ time }) => time))];
  const workflows = times.map((time): [string, string] => [
    `workflows/${eventAt(time)}.yaml`,
    `version: 1
workflow: ${eventAt(time)}
purpose: service
enter_when: { event: ${eventAt(time)} }
steps:
  - wait_until: { time: '${time}' }
  - send_email: receipt
`,
  ]);
  return projectFiles({ ...messageFiles('receipt', 'service'), ...Object.fromEntries(workflows) });
}

/** A skipped time moves on by the skip, a doubled one is the first of the two. */
function at(local: string, zone: string): number {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'compatible' })
    .epochMilliseconds;
}

function momentOf({ zone, eve, time }: Person): number {
  const days = time > '12:00' ? 0 : 1;
  const day = Temporal.PlainDate.from(eve).add({ days });
  return at(`${day.toString()}T${time}`, zone);
}

function inWords(moment: number | undefined): string {
  return moment === undefined ? 'never' : new Date(moment).toISOString();
}
