/** When promotions may go to somebody: in the hours of the jurisdiction in which she is, by the clock on her wall. */
import type { Contact } from '../contacts/contact.ts';
import type { Instant } from '../events/event.ts';
import { joinReasons, reason, type Reason } from '../reason.ts';
import { nextOpen, openings } from '../time/calendar.ts';
import { DAY } from '../time/date.ts';
import { isZone, localDate } from '../time/zone.ts';
import type { Jurisdiction } from './jurisdiction.ts';
import { countryOfZone, zonesOfCountry } from './jurisdictions/zones.ts';

const HORIZON = 400 * DAY;

export interface QuietHours {
  readonly open: boolean;
  /** When that changes; Infinity: not within 400 days. */
  readonly until: Instant;
  readonly because: Reason;
}

/**
 * Whether promotions may go at `now`: only while all of these jurisdictions allow it by the clocks of all of these
 * zones. Where one jurisdiction and one zone are known, that is all there is to ask; where they are not, asking all
 * that may be hers gives the strictest answer.
 */
export function quietHours(
  jurisdictions: readonly Jurisdiction[],
  zones: readonly string[],
  now: Instant,
): QuietHours {
  const windows = jurisdictions.flatMap((jurisdiction) => zones.map((zone) => ({ jurisdiction, zone })));
  const answers = windows.map(({ jurisdiction: { hours }, zone }) => openings(hours, zone, now));
  const closed = windows.filter((_, index) => answers[index]?.open === false);
  if (closed.length > 0)
    return { open: false, until: allOpen(windows, now), because: whyClosed(closed, now) };
  const until = Math.min(...answers.map((answer) => answer.until ?? Infinity));
  return { open: true, until, because: rulesOf(windows) };
}

interface Window {
  readonly jurisdiction: Jurisdiction;
  readonly zone: string;
}

/** Nothing is open before the last of them opens, so each step may go there at once. */
function allOpen(windows: readonly Window[], now: Instant): Instant {
  let at = now;
  while (at < now + HORIZON) {
    const opens = windows.map(({ jurisdiction: { hours }, zone }) => nextOpen(hours, zone, at) ?? Infinity);
    const last = Math.max(...opens);
    if (last === at) return at;
    at = last;
  }
  return Infinity;
}

function whyClosed(closed: readonly Window[], now: Instant): Reason {
  const rules = rulesOf(closed);
  const holidays = closed.flatMap((window) => holidayAt(window, now) ?? []);
  const [holiday] = holidays;
  const today = holiday && reason(`; today is ${holiday.en}`, `; hoy es ${holiday.es}`);
  return reason(
    `quiet hours: ${rules.en}${today?.en ?? ''}`,
    `horas de silencio: ${rules.es}${today?.es ?? ''}`,
  );
}

function holidayAt({ jurisdiction, zone }: Window, now: Instant): Reason | undefined {
  const date = localDate(now, zone);
  return jurisdiction.hours.public_holidays?.find((one) => one.date === date)?.name;
}

/** Each rule once: several jurisdictions and zones may have the same. */
function rulesOf(windows: readonly Window[]): Reason {
  return joinReasons([...new Set(windows.map(({ jurisdiction }) => jurisdiction.rule))]);
}

/** What a project says of where its contacts may be. */
export interface Places {
  /** Of contacts of whom neither zone nor country is known. */
  readonly time_zone: string;
  readonly jurisdictions: readonly Jurisdiction[];
}

export interface Whereabouts {
  readonly jurisdictions: readonly Jurisdiction[];
  readonly zones: readonly string[];
}

/**
 * Whose rules hold for a contact, and which clocks may be hers. The jurisdiction is that of her field `country` (ISO
 * 3166-1), else of the country of her zone, if it is one of the project's; else all of the project's hold at once. Where
 * only her country is known, all its zones count.
 */
export function whereaboutsOf(contact: Pick<Contact, 'profile'>, places: Places): Whereabouts {
  const zone = ownZone(contact);
  const country = ownCountry(contact);
  const known = find(country, places) ?? find(zone && countryOfZone(zone), places);
  return {
    jurisdictions: known ? [known] : places.jurisdictions,
    zones: zone === undefined ? zonesWithin(country, places) : [zone],
  };
}

function ownZone({ profile }: Pick<Contact, 'profile'>): string | undefined {
  const zone = profile.fields.time_zone?.value;
  return typeof zone === 'string' && isZone(zone) ? zone : undefined;
}

function ownCountry({ profile }: Pick<Contact, 'profile'>): string | undefined {
  const country = profile.fields.country?.value;
  return typeof country === 'string' ? country.trim().toUpperCase() : undefined;
}

/** A country's own jurisdiction before one that it shares with others. */
function find(country: string | undefined, { jurisdictions }: Places): Jurisdiction | undefined {
  if (country === undefined) return undefined;
  return (
    jurisdictions.find(({ code }) => code === country) ??
    jurisdictions.find(({ countries }) => countries.includes(country))
  );
}

function zonesWithin(country: string | undefined, { time_zone }: Places): readonly string[] {
  const zones = country === undefined ? [] : zonesOfCountry(country).filter(isZone);
  return zones.length > 0 ? zones : [time_zone];
}
