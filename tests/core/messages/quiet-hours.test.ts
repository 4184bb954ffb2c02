import { describe, expect, test } from 'vitest';
import type { Jurisdiction } from '../../../src/core/messages/jurisdiction.ts';
import { JURISDICTIONS, jurisdictionOf } from '../../../src/core/messages/jurisdictions/index.ts';
import { countryOfZone, zonesOfCountry } from '../../../src/core/messages/jurisdictions/zones.ts';
import { waitForHours } from '../../../src/core/messages/may-send.ts';
import { quietHours, whereaboutsOf } from '../../../src/core/messages/quiet-hours.ts';
import { isZone } from '../../../src/core/time/zone.ts';
import { expandJurisdictions, publicHolidays } from '../../../src/project/holidays.ts';
import { aContact, aProject, at, DAY, HOUR, MINUTE } from '../../support/build.ts';

const NOW = at('2026-06-01T12:00');
const UNKNOWN = 'AR'; // a country without a file of its own

function packs(...codes: string[]): readonly Jurisdiction[] {
  return expandJurisdictions(codes, NOW);
}

describe('each jurisdiction', () => {
  test.each([
    // On the days on which clocks change, the window stays where the wall has it.
    ['ES', 'Europe/Madrid', '2026-03-29T07:59+02:00', 'opens', '2026-03-29T08:00+02:00'],
    ['ES', 'Europe/Madrid', '2026-10-24T22:00+02:00', 'opens', '2026-10-25T08:00+01:00'],
    ['ES', 'Atlantic/Canary', '2026-10-25T08:00Z', 'closes', '2026-10-25T21:00Z'],
    ['ES', 'Europe/Madrid', '2026-12-25T12:00+01:00', 'closes', '2026-12-25T21:00+01:00'],
    ['EU', 'Europe/Berlin', '2026-03-29T01:30+01:00', 'opens', '2026-03-29T08:00+02:00'],
    ['DE', 'Europe/Berlin', '2026-10-25T20:59+01:00', 'closes', '2026-10-25T21:00+01:00'],
    ['US', 'America/New_York', '2026-03-08T01:30-05:00', 'opens', '2026-03-08T08:00-04:00'],
    ['US', 'America/New_York', '2026-11-01T07:59-05:00', 'opens', '2026-11-01T08:00-05:00'],
    ['US', 'Pacific/Honolulu', '2026-07-04T21:00-10:00', 'opens', '2026-07-05T08:00-10:00'],
    ['CA', 'America/St_Johns', '2026-03-08T07:00-02:30', 'opens', '2026-03-08T08:00-02:30'],
    ['CA', 'America/Vancouver', '2026-11-01T12:00-08:00', 'closes', '2026-11-01T21:00-08:00'],
    ['CL', 'America/Santiago', '2026-04-04T23:30-04:00', 'opens', '2026-04-05T08:00-04:00'],
    ['CL', 'America/Santiago', '2026-09-06T07:00-03:00', 'opens', '2026-09-06T08:00-03:00'],
    ['CL', 'Pacific/Easter', '2026-09-05T21:30-06:00', 'opens', '2026-09-06T08:00-05:00'],
    ['MX', 'America/Mexico_City', '2026-04-05T07:30-06:00', 'opens', '2026-04-05T08:00-06:00'],
    ['MX', 'America/Tijuana', '2026-11-01T06:30-08:00', 'opens', '2026-11-01T08:00-08:00'],
    ['PE', 'America/Lima', '2026-07-28T21:00-05:00', 'opens', '2026-07-29T08:00-05:00'],
    ['CO', 'America/Bogota', '2026-11-20T06:59-05:00', 'opens', '2026-11-20T07:00-05:00'],
    ['CO', 'America/Bogota', '2026-11-20T07:00-05:00', 'closes', '2026-11-20T19:00-05:00'],
    ['CO', 'America/Bogota', '2026-11-20T19:00-05:00', 'opens', '2026-11-21T08:00-05:00'], // Friday night
    ['CO', 'America/Bogota', '2026-11-21T14:59-05:00', 'closes', '2026-11-21T15:00-05:00'],
    ['CO', 'America/Bogota', '2026-11-21T15:00-05:00', 'opens', '2026-11-23T07:00-05:00'], // never on Sundays
    ['CO', 'America/Bogota', '2026-07-20T12:00-05:00', 'opens', '2026-07-21T07:00-05:00'], // Independence Day
    ['CO', 'America/Bogota', '2026-11-14T16:00-05:00', 'opens', '2026-11-17T07:00-05:00'], // a Monday that rests
    ['CO', 'America/Bogota', '2026-04-01T19:00-05:00', 'opens', '2026-04-04T08:00-05:00'], // Holy Thursday, Friday
    ['CO', 'Europe/Madrid', '2026-03-29T12:00+02:00', 'opens', '2026-03-30T07:00+02:00'], // travelling
    [UNKNOWN, 'America/Argentina/Cordoba', '2026-11-20T07:30-03:00', 'opens', '2026-11-20T08:00-03:00'],
    [UNKNOWN, 'America/Argentina/Cordoba', '2026-11-21T15:00-03:00', 'opens', '2026-11-23T08:00-03:00'],
    [UNKNOWN, 'America/Argentina/Cordoba', '2026-12-08T12:00-03:00', 'opens', '2026-12-09T08:00-03:00'],
  ] as const)('%s in %s at %s %s at %s', (code, zone, now, what, until) => {
    const answer = quietHours(packs(code), [zone], at(now));
    expect([answer.open ? 'closes' : 'opens', new Date(answer.until).toISOString()]).toEqual([
      what,
      new Date(at(until)).toISOString(),
    ]);
  });

  test('says the same of itself in its file as the table', () => {
    const said = [...JURISDICTIONS, jurisdictionOf(UNKNOWN)].map(({ code, consent, footer, ...one }) =>
      [code, consent, one.closed_on_holidays_of ?? 'no holidays', ...footer].join(' '),
    );
    expect(said).toEqual([
      'ES soft_opt_in no holidays marked_as_advertising sender_identity unsubscribe_link',
      'MX opt_in no holidays sender_identity postal_address unsubscribe_link',
      'CO opt_in CO sender_identity unsubscribe_link',
      'PE opt_in no holidays sender_identity unsubscribe_link',
      'CL opt_in no holidays sender_identity unsubscribe_link',
      'US opt_out no holidays marked_as_advertising postal_address unsubscribe_link',
      'CA soft_opt_in no holidays sender_identity postal_address unsubscribe_link',
      'EU soft_opt_in no holidays sender_identity unsubscribe_link',
      'AR opt_in CO marked_as_advertising sender_identity postal_address unsubscribe_link',
    ]);
  });

  test('of a country of the EU without a file is that of the EU', () => {
    expect(jurisdictionOf('FR')).toMatchObject({ code: 'FR', countries: ['FR'], consent: 'soft_opt_in' });
  });
});

describe('why', () => {
  const colombia = packs('CO');
  const RULE_EN =
    'promotions go to Colombia Monday to Friday 07:00-19:00 and Saturday 08:00-15:00, never on Sundays or public holidays (Ley 2300 of 2023)';
  const RULE_ES =
    'a Colombia las promociones van de lunes a viernes de 07:00 a 19:00 y los sábados de 08:00 a 15:00, nunca en domingo ni festivo (Ley 2300 de 2023)';

  test('promotions must wait is told by the rule, and by the name of the holiday', () => {
    const night = quietHours(colombia, ['America/Bogota'], at('2026-07-17T22:00-05:00')).because;
    expect(night).toEqual({ en: `quiet hours: ${RULE_EN}`, es: `horas de silencio: ${RULE_ES}` });
    const holiday = quietHours(colombia, ['America/Bogota'], at('2026-07-20T12:00-05:00')).because;
    expect(holiday).toEqual({
      en: `quiet hours: ${RULE_EN}; today is Independence Day`,
      es: `horas de silencio: ${RULE_ES}; hoy es Día de la Independencia`,
    });
  });

  test('they may go is told by the rule alone', () => {
    const { because } = quietHours(colombia, ['America/Bogota'], at('2026-07-17T12:00-05:00'));
    expect(because).toEqual({ en: RULE_EN, es: RULE_ES });
  });

  test('names the rules that are closed, each once', () => {
    const both = packs('CO', 'ES', 'PE');
    const sunday = quietHours(both, ['America/Bogota'], at('2026-07-19T12:00-05:00')).because;
    expect(sunday.en).toBe(`quiet hours: ${RULE_EN}`);
    const night = quietHours(both, ['America/Bogota'], at('2026-07-19T23:00-05:00')).because;
    expect(night.en.match(/hours of the house/g)).toHaveLength(1);
  });
});

/** What the wall of a zone shows, told by Intl alone. */
function wallOf(zone: string): (instant: number) => { weekday: string; date: string; minute: number } {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (instant) => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
    return {
      weekday: parts['weekday'] ?? '',
      date: `${parts['year']}-${parts['month']}-${parts['day']}`,
      minute: Number(parts['hour']) * 60 + Number(parts['minute']),
    };
  };
}

type Rule = (weekday: string, minute: number, isHoliday: boolean) => boolean;

const house: Rule = (_weekday, minute) => minute >= 480 && minute < 1260;
const colombian: Rule = (weekday, minute, isHoliday) => {
  if (isHoliday || weekday === 'Sun') return false;
  return weekday === 'Sat' ? minute >= 480 && minute < 900 : minute >= 420 && minute < 1140;
};
const strictest: Rule = (weekday, minute, isHoliday) =>
  house(weekday, minute, isHoliday) && colombian(weekday, minute, isHoliday);

describe('step by step over days on which clocks change and people rest', () => {
  const holidays = new Set(publicHolidays('CO', undefined, NOW).map(({ date }) => date));
  const around = (date: string): readonly [number, number] => [
    at(`${date}T00:00`) - 5 * DAY,
    at(`${date}T00:00`) + 6 * DAY,
  ];

  test.each<[string, readonly string[], readonly string[], string, Rule]>([
    ['ES', ['ES'], ['Europe/Madrid'], '2026-03-29', house],
    ['ES', ['ES'], ['Atlantic/Canary'], '2026-10-25', house],
    ['EU', ['EU'], ['Europe/Helsinki'], '2026-10-25', house],
    ['US', ['US'], ['America/New_York'], '2026-03-08', house],
    ['CA', ['CA'], ['America/St_Johns'], '2026-11-01', house],
    ['CL', ['CL'], ['America/Santiago'], '2026-09-06', house],
    ['MX', ['MX'], ['America/Tijuana'], '2026-03-08', house],
    ['PE', ['PE'], ['America/Lima'], '2026-07-28', house],
    ['CO', ['CO'], ['America/Bogota'], '2026-11-16', colombian],
    ['CO', ['CO'], ['America/Bogota'], '2026-04-03', colombian],
    ['CO while in Chile', ['CO'], ['America/Santiago'], '2026-09-06', colombian],
    ['a country without a file', [UNKNOWN], ['America/Argentina/Cordoba'], '2026-12-08', strictest],
    ['a mix', ['ES', 'CO', 'US'], ['Europe/Madrid'], '2026-10-25', strictest],
    ['two clocks', ['CO'], ['America/Bogota', 'Europe/Madrid'], '2026-03-29', colombian],
    ['all clocks of the USA', ['US'], zonesOfCountry('US').filter(isZone), '2026-11-01', house],
  ])('%s %j in %j around %s', (_name, codes, zones, date, rule) => {
    const [from, to] = around(date);
    const walls = zones.map(wallOf);
    const moments = Array.from(
      { length: (to - from) / (30 * MINUTE) },
      (_, step) => from + step * 30 * MINUTE,
    );
    const expected = moments.map((moment) =>
      walls.every((wall) => {
        const { weekday, date: day, minute } = wall(moment);
        return rule(weekday, minute, holidays.has(day));
      }),
    );
    expect(new Set(expected)).toEqual(new Set([true, false]));
    const list = packs(...codes);
    moments.forEach((moment, index) => {
      const change = expected.findIndex((open, later) => later > index && open !== expected[index]);
      if (change === -1) return;
      const { open, until } = quietHours(list, zones, moment);
      if (open !== expected[index] || until !== moments[change]) {
        expect({
          moment: new Date(moment).toISOString(),
          open,
          until: new Date(until).toISOString(),
        }).toEqual({
          moment: new Date(moment).toISOString(),
          open: expected[index],
          until: new Date(moments[change] ?? 0).toISOString(),
        });
      }
    });
  });

  test('hours that are never common to all never come', () => {
    const [spain] = packs('ES');
    const zones = ['Europe/Madrid', 'Pacific/Auckland', 'America/Los_Angeles', 'Asia/Kolkata'];
    expect(quietHours(spain ? [spain] : [], zones, NOW)).toMatchObject({ open: false, until: Infinity });
  });
});

describe('where a contact is', () => {
  const places = { time_zone: 'Europe/Madrid', jurisdictions: packs('ES', 'CO', 'US', 'EU') };
  const find = (fields: Record<string, string>): string => {
    const { jurisdictions, zones } = whereaboutsOf(aContact({ fields }), places);
    return `${jurisdictions.map(({ code }) => code).join('+')} ${zones.length > 3 ? zones.length : zones.join(' ')}`;
  };

  test.each([
    ['by her country and zone', { country: 'CO', time_zone: 'America/Bogota' }, 'CO America/Bogota'],
    ['the country is told first', { country: 'CO', time_zone: 'Europe/Madrid' }, 'CO Europe/Madrid'],
    ['in small letters', { country: 'co' }, 'CO America/Bogota'],
    ['by her zone alone', { time_zone: 'America/Bogota' }, 'CO America/Bogota'],
    [
      'a country of her own before the EU',
      { country: 'ES' },
      'ES Europe/Madrid Africa/Ceuta Atlantic/Canary',
    ],
    ['a country of the EU', { country: 'FR' }, 'EU Europe/Paris'],
    ['a zone of the EU', { time_zone: 'Europe/Warsaw' }, 'EU Europe/Warsaw'],
    ['a country with many clocks', { country: 'US' }, 'US 29'],
    ['a country that is none of the project’s', { country: 'MX' }, 'ES+CO+US+EU 12'],
    [
      'by her zone where the country is none',
      { country: 'MX', time_zone: 'America/Chicago' },
      'US America/Chicago',
    ],
    ['a zone of no known country', { time_zone: 'Asia/Tokyo' }, 'ES+CO+US+EU Asia/Tokyo'],
    ['a zone that is none', { time_zone: 'Bogota' }, 'ES+CO+US+EU Europe/Madrid'],
    ['nothing is known', {}, 'ES+CO+US+EU Europe/Madrid'],
  ])('%s', (_name, fields, expected) => {
    expect(find(fields)).toBe(expected);
  });

  test('every zone in the table exists, and tells one country', () => {
    const countries = [...new Set(JURISDICTIONS.flatMap((one) => one.countries))];
    for (const country of countries) {
      const zones = zonesOfCountry(country);
      expect(zones.length, country).toBeGreaterThan(0);
      expect(new Set(zones.map(countryOfZone)), country).toEqual(new Set([country]));
    }
    const missing = countries.flatMap(zonesOfCountry).filter((zone) => !isZone(zone));
    expect(missing.filter((zone) => zone !== 'America/Coyhaique')).toEqual([]); // of 2025: not on older platforms
  });
});

describe('a promotion', () => {
  const project = aProject({ settings: 'jurisdictions: [ES, CO]' });
  const bogota = aContact({ fields: { country: 'CO', time_zone: 'America/Bogota' } });
  const sunday = at('2026-11-22T12:00-05:00');

  test('waits for the hours of the place, with the reason in both languages', () => {
    const wait = waitForHours(bogota, 'promotion', project, sunday);
    expect(wait?.until).toBe(at('2026-11-23T07:00-05:00'));
    expect(wait?.because.en).toMatch(/^quiet hours: .*Ley 2300 of 2023/);
    expect(wait?.because.es).toMatch(/^horas de silencio: .*Ley 2300 de 2023/);
    expect(waitForHours(bogota, 'promotion', project, wait?.until ?? 0)).toBeNull();
  });

  test('goes on a Sunday where that is allowed, and a service message always', () => {
    const madrid = aContact({ fields: { country: 'ES', time_zone: 'Europe/Madrid' } });
    expect(waitForHours(madrid, 'promotion', project, sunday)).toBeNull();
    expect(waitForHours(bogota, 'service', project, sunday)).toBeNull();
  });

  test('to somebody of whom nothing is known waits for the strictest of the project’s hours', () => {
    const wait = waitForHours(aContact(), 'promotion', project, sunday); // 18:00 in Madrid
    expect(wait?.until).toBe(at('2026-11-23T08:00+01:00'));
    const evening = waitForHours(aContact(), 'promotion', project, at('2026-11-20T19:30+01:00'));
    expect(evening?.until).toBe(at('2026-11-21T08:00+01:00'));
  });

  test('waits for nothing where the project names no jurisdiction', () => {
    expect(waitForHours(bogota, 'promotion', aProject(), sunday)).toBeNull();
  });

  test('to Colombia never goes on a Sunday or a holiday of five years, at whatever hour it is asked', () => {
    const holidays = new Set(publicHolidays('CO', undefined, NOW).map(({ date }) => date));
    const wall = wallOf('America/Bogota');
    const last = at('2029-12-31T00:00');
    const unlawful: string[] = [];
    for (let now = at('2025-01-01T05:00'); now < last; now += 5 * HOUR) {
      const goes = waitForHours(bogota, 'promotion', project, now)?.until ?? now;
      const { weekday, date, minute } = wall(goes);
      if (!colombian(weekday, minute, holidays.has(date))) unlawful.push(`${date} ${minute}`);
    }
    expect(unlawful).toEqual([]);
    expect(holidays.size).toBeGreaterThanOrEqual(5 * 17);
  });
});
