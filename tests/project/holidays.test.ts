import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nextOpen, openings, type Calendar } from '../../src/core/time/calendar.ts';
import { publicHolidays } from '../../src/project/holidays.ts';
import { loadProject, type LoadedProject } from '../../src/project/load.ts';
import { formatProblem } from '../../src/project/problem.ts';
import { at, aLoadedProject, projectFiles } from '../support/build.ts';

const NOW = at('2026-06-01T12:00');
const MADRID = 'Europe/Madrid';
const HOURS = 'workflows/journey/hours.yaml';

function loaded(holidays: string, now = NOW): LoadedProject {
  return aLoadedProject({ hours: fileWith(holidays) }, [], { now });
}

function fileWith(holidays: string): string {
  return `calendars:
  support:
    title: Customer service
    open: { weekdays: 09:00-18:00 }
    holidays: ${holidays}
    special_days:
      - { from: 2026-12-08, hours: 10:00-12:00 }
`;
}

function support({ project }: LoadedProject): Calendar {
  const calendar = project.calendars['support'];
  if (!calendar) throw new Error('there is no calendar called support');
  return calendar;
}

/** The dates in 2026 on which a calendar of this project rests. */
function datesIn2026(project: LoadedProject): readonly string[] {
  return (support(project).public_holidays ?? [])
    .map(({ date }) => date)
    .filter((date) => date.startsWith('2026'));
}

describe('holidays of a calendar', () => {
  test('are those of the country and, where one is written, of the region', () => {
    const national = datesIn2026(loaded('{ country: ES }'));
    const regional = datesIn2026(loaded('{ country: ES, region: MD }'));
    expect(national).toContain('2026-10-12');
    expect(national).not.toContain('2026-05-02'); // Madrid's own day
    expect(regional).toEqual(expect.arrayContaining(['2026-05-02', '2026-10-12']));
  });

  test('close it; special days and exceptions win', () => {
    const project = loaded('{ country: ES, region: MD, except: [2026-10-12] }');
    const calendar = support(project);
    const opens = (date: string) => nextOpen(calendar, MADRID, at(`${date}T00:00Z`));
    expect(opens('2026-12-25')).toBe(at('2026-12-28T08:00Z'));
    expect(opens('2026-10-12')).toBe(at('2026-10-12T07:00Z')); // excepted
    expect(opens('2026-12-08')).toBe(at('2026-12-08T09:00Z')); // special: the Immaculate Conception with hours
    expect(openings(calendar, MADRID, at('2026-12-24T16:00Z')).until).toBe(at('2026-12-24T17:00Z'));
  });

  test('have their names in English and Spanish', () => {
    const named = publicHolidays('ES', 'MD', NOW).find(({ date }) => date === '2026-12-25');
    expect(named).toEqual({ date: '2026-12-25', name: { en: 'Christmas Day', es: 'Navidad' } });
    const independence = publicHolidays('CO', undefined, NOW).find(({ date }) => date === '2026-07-20');
    expect(independence?.name).toEqual({ en: 'Independence Day', es: 'Día de la Independencia' });
  });

  test('of Ontario are those of its law, once a day is excepted that the package adds', () => {
    const easter_monday = '2026-04-06';
    expect(datesIn2026(loaded('{ country: CA, region: ON }'))).toContain(easter_monday);
    expect(datesIn2026(loaded(`{ country: CA, region: ON, except: ${easter_monday} }`))).toEqual([
      '2026-01-01',
      '2026-02-16', // Family Day, Ontario alone
      '2026-04-03',
      '2026-05-18', // Victoria Day
      '2026-07-01',
      '2026-09-07',
      '2026-10-12',
      '2026-12-25',
      '2026-12-26', // Boxing Day, Ontario
    ]);
  });

  test('that last for half a day leave it open, and those of several days close each', () => {
    const dates = (country: string) =>
      publicHolidays(country, undefined, NOW).flatMap(({ date }) => (date.startsWith('2026') ? [date] : []));
    expect(dates('GT')).not.toContain('2026-12-24'); // from noon on
    expect(dates('TR')).toEqual(expect.arrayContaining(['2026-03-20', '2026-03-21', '2026-03-22']));
    expect(dates('TR')).not.toContain('2026-03-23');
  });

  test('are known from the year before to three years after, each day once and in order', () => {
    const dates = publicHolidays('CO', undefined, NOW).map(({ date }) => date);
    expect([...new Set(dates.map((date) => date.slice(0, 4)))]).toEqual([
      '2025',
      '2026',
      '2027',
      '2028',
      '2029',
    ]);
    expect(dates).toEqual([...new Set(dates)].sort());
  });

  test('are read once for a country, a region and a year', () => {
    expect(publicHolidays('PE', undefined, NOW)).toBe(
      publicHolidays('PE', undefined, at('2026-12-31T23:00')),
    );
    expect(publicHolidays('PE', undefined, NOW)).not.toBe(
      publicHolidays('PE', undefined, at('2027-01-01T00:00')),
    );
  });

  test('of a new year make no new version of the project', () => {
    const [one, other] = [NOW, at('2027-06-01T12:00')].map((now) => loaded('{ country: ES }', now));
    expect(support(other as LoadedProject).public_holidays).not.toEqual(
      support(one as LoadedProject).public_holidays,
    );
    expect([other?.hash, other?.project.rules]).toEqual([one?.hash, one?.project.rules]);
  });

  test('are not asked for by a calendar without them', () => {
    const hours = 'calendars: { sending: { title: When, open: { weekdays: 09:00-18:00 } } }\n';
    expect(aLoadedProject({ hours }).project.calendars['sending']).not.toHaveProperty('public_holidays');
  });
});

describe('what is written wrongly is told with its place', () => {
  const told = (holidays: string): string[] => {
    const { problems } = loadProject(projectFiles({ hours: fileWith(holidays) }), [], { now: NOW });
    return problems.map(formatProblem).filter((line) => line.startsWith(HOURS));
  };

  test.each([
    ['{ country: Spain }', '6:26  no country "Spain" is known; did you mean "ES"?'],
    ['{ country: España }', '6:26  no country "España" is known; did you mean "ES"?'],
    ['{ country: es }', '6:26  no country "es" is known; did you mean "ES"?'],
    ['{ country: Colomba }', '6:26  no country "Colomba" is known; did you mean "CO"?'],
    ['{ country: QQ }', '6:26  no country "QQ" is known; write its two letters, like "ES"'],
    ['{ country: ES, region: Madrid }', '6:38  ES has no region "Madrid"; did you mean "MD"?'],
    ['{ country: ES, region: Catalonia }', '6:38  ES has no region "Catalonia"; did you mean "CT"?'],
    ['{ country: US, region: Texsa }', '6:38  US has no region "Texsa"; did you mean "TX"?'],
    ['{ country: CO, region: BOG }', '6:38  CO has the same holidays everywhere; delete "region"'],
    ['{ region: MD }', '6:15  "country" is missing; write it like "ES"'],
    ['{ country: ES, regoin: MD }', '6:30  "regoin" does not belong here; did you mean "region"?'],
    ['{ country: 34 }', '6:26  "country" must be text, not a number; put it in quotes'],
    ['ES', '6:15  "holidays" must be a map (lines of "key: value"), not text'],
    ['{ country: ES, except: [12 October] }', '6:39  "12 October" is not a date; write it like "2026-12-24"'],
    [
      '{ country: ES, except: [2026-12-25, 2026-10-13] }',
      '6:51  warning: 2026-10-13 is no public holiday of ES, so there is nothing to except; delete it',
    ],
  ])('%s', (holidays, problem) => {
    expect(told(holidays)).toEqual([`${HOURS}:${problem}`]);
  });

  test('a region that is like none is told which there are', () => {
    const [line = ''] = told('{ country: ES, region: Zzyzx }');
    expect(line).toMatch(/^\S+:6:38 {2}ES has no region "Zzyzx"; known here: .*\bMD\b/);
  });

  test('an exception in a year that is not known yet is left alone', () => {
    expect(told('{ country: ES, region: MD, except: [2031-10-13] }')).toEqual([]);
  });

  test.each([
    ['UK', '"UK" is not a country; write its two letters, like "ES", or "EU"'],
    ['es', '"es" is not a country; did you mean "ES"?'],
    ['Peru', '"Peru" is not a country; did you mean "PE"?'],
  ])('the jurisdiction %s', (code, message) => {
    const files = projectFiles({ settings: `jurisdictions: [CO, ${code}]` });
    const lines = (files['etapa.yaml'] ?? '').split('\n');
    const line = lines.findIndex((text) => text.startsWith('jurisdictions')) + 1;
    expect(loadProject(files).problems.map(formatProblem)).toEqual([`etapa.yaml:${line}:21  ${message}`]);
  });
});

const TABLE = '../shared/data/timezone-holidays/holidays_2024_2027.csv';
const REGIONS = ['ES', 'ES-AN', 'ES-CT', 'ES-MD', 'MX', 'CO', 'PE', 'CL', 'US'];

describe.skipIf(!existsSync(TABLE))('the holidays on which two independent lists agree', () => {
  const rows = existsSync(TABLE)
    ? readFileSync(TABLE, 'utf8')
        .split('\n')
        .map((line) => line.split(','))
        .map((cells) => ({
          region: cells[0] ?? '',
          date: cells[1] ?? '',
          agreement: cells.at(-1)?.trim() ?? '',
        }))
    : [];

  test('close a calendar of their place at noon, and no other day is a holiday', () => {
    let compared = 0;
    for (const place of REGIONS) {
      const [country = '', region] = place.split('-');
      const here = rows.filter((row) => row.region === place);
      const agreed = here.filter(({ agreement }) => agreement === 'both').map(({ date }) => date);
      const disputed = here
        .filter(({ agreement }) => agreement === 'date-holidays-only')
        .map(({ date }) => date);
      const calendar = everyDay(country, region);
      const rests = (date: string): boolean => !openings(calendar, 'UTC', at(`${date}T12:00`)).open;
      expect(
        agreed.filter((date) => !rests(date)),
        `agreed in ${place}`,
      ).toEqual([]);
      const dates = Array.from({ length: 1461 }, (_, day) =>
        new Date(at('2024-01-01T00:00') + day * 86_400_000).toISOString().slice(0, 10),
      );
      const others = dates.filter((date) => rests(date) && ![...agreed, ...disputed].includes(date));
      expect(others, `only ours in ${place}`).toEqual([]);
      compared += agreed.length;
      console.log(`${place}: ${agreed.length} agreed, ${disputed.length} disputed`);
    }
    console.log(`${compared} rows compared`);
    expect(compared).toBe(
      rows.filter((row) => row.agreement === 'both' && REGIONS.includes(row.region)).length,
    );
    expect(compared).toBeGreaterThan(350);
  });

  /** Open at all hours, but on holidays. */
  function everyDay(country: string, region: string | undefined): Calendar {
    const where =
      region === undefined ? `{ country: ${country} }` : `{ country: ${country}, region: ${region} }`;
    const open = '{ weekdays: 00:00-24:00, weekends: 00:00-24:00 }';
    const hours = `calendars: { all: { title: All, open: ${open}, holidays: ${where} } }\n`;
    const now = at('2025-06-01T12:00'); // 2024 to 2028
    const calendar = aLoadedProject({ hours }, [], { now }).project.calendars['all'];
    if (!calendar) throw new Error('no calendar');
    return calendar;
  }
});
