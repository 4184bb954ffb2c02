import type { JsonObject } from '../../core/json.ts';
import { isKnown } from './diary.ts';
import type { Person } from './people.ts';
import { act, type Visit } from './visit.ts';

/** How the shop learns who somebody is. Each of these joins the device's anonymous visits to the person. */

/** Signing up for the newsletter is the consent to it. */
export function subscribe(here: Visit): void {
  introduce(here, { ...traits(here.diary.person), birthday: here.diary.person.birthday, consent: ['email'] });
  act(here, 'newsletter_joined', { list: 'journal' });
}

export function openAccount(here: Visit): void {
  const { person } = here.diary;
  introduce(here, { ...traits(person), birthday: person.birthday, ...consentOf(person) });
}

/** Buying as a guest: the shop asks for no birthday. */
export function giveDetails(here: Visit): void {
  const { person } = here.diary;
  introduce(here, { ...traits(person), ...consentOf(person) });
}

/** On a device where the shop does not know them yet; says nothing where they never were known. */
export function logIn(here: Visit): void {
  const { diary, device } = here;
  if (!isKnown(diary) || diary.known_on.has(device)) return;
  introduce(here, { email: diary.person.email });
}

function introduce(here: Visit, said: JsonObject): void {
  here.diary.known_on.add(here.device);
  act(here, 'identified', said, 'identify');
}

function traits(person: Person): JsonObject {
  const { first_name, last_name, email, language, time_zone, country, city } = person;
  return { first_name, last_name, email, language, time_zone, country, city };
}

function consentOf({ allows_promotions }: Person): JsonObject {
  return allows_promotions ? { consent: ['email'] } : {};
}
