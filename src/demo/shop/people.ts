import { Temporal } from 'temporal-polyfill';
import type { Instant } from '../../core/events/event.ts';
import { CATEGORY_IDS, type Category, type Language } from './catalogue.ts';
import type { NamePool } from './names.ts';
import { PLACES, type Place } from './places.ts';
import { makeDice, type Dice } from './random.ts';

/** Who walks into the shop. Whether the shop ever learns it is another matter. */
export interface Person {
  /** From 0; unique among the people of one shop. */
  readonly number: number;
  readonly user_id: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
  readonly language: Language;
  readonly time_zone: string;
  readonly country: string;
  readonly city: string;
  /** `1989-04-23` */
  readonly birthday: string;
  readonly allows_promotions: boolean;
  /** One or two, the one used most first. */
  readonly devices: readonly [Device, ...Device[]];
  readonly tastes: readonly Category[];
  readonly sizes: { readonly shoes: string; readonly clothes: string };
}

export interface Device {
  readonly anonymous_id: string;
  readonly kind: 'mobile' | 'desktop';
}

/** People with different e-mail addresses; some have their birthday in the days around `ends_at`. */
export function makePeople(seed: number, count: number, ends_at: Instant): Person[] {
  const taken = new Set<string>();
  return Array.from({ length: count }, (_, number) => {
    const person = makePerson(makeDice(seed, number * 2 + 1), number, ends_at, taken);
    taken.add(person.email);
    return person;
  });
}

function makePerson(dice: Dice, number: number, ends_at: Instant, taken: ReadonlySet<string>): Person {
  const place = dice.weighted(PLACES, ({ weight }) => weight);
  const name = nameOf(dice, place.names);
  const birthday = birthdayOf(dice, ends_at);
  return {
    number,
    user_id: `cus_${String(number + 1).padStart(5, '0')}`,
    ...name,
    email: emailOf(dice, name, birthday, number, taken),
    language: languageOf(dice, place),
    time_zone: place.time_zone,
    country: place.country,
    city: place.city,
    birthday,
    allows_promotions: dice.chance(0.74),
    devices: devicesOf(dice),
    tastes: dice.shuffle(CATEGORY_IDS).slice(0, dice.whole(2, 3)),
    sizes: {
      shoes: String(dice.whole(36, 46)),
      clothes: dice.pick(['XS', 'S', 'S', 'M', 'M', 'L', 'L', 'XL']),
    },
  };
}

interface Name {
  readonly first_name: string;
  readonly last_name: string;
}

function nameOf(dice: Dice, pool: NamePool): Name {
  const [one, two] = dice.shuffle(pool.last);
  const last_name = dice.chance(pool.two_last_names) ? `${one} ${two}` : `${one}`;
  return { first_name: dice.pick(pool.first), last_name };
}

/** About one in twelve has a birthday within two weeks of the end, so that there is something to celebrate. */
function birthdayOf(dice: Dice, ends_at: Instant): string {
  const today = Temporal.Instant.fromEpochMilliseconds(ends_at).toZonedDateTimeISO('UTC').toPlainDate();
  const days = dice.chance(0.06) ? dice.whole(-2, 12) : dice.whole(0, 364);
  return today
    .add({ days })
    .subtract({ years: dice.whole(19, 66) })
    .toString();
}

function emailOf(
  dice: Dice,
  name: Name,
  birthday: string,
  number: number,
  taken: ReadonlySet<string>,
): string {
  const last = name.last_name.split(' ')[0] ?? '';
  const base = `${asciiLetters(name.first_name)}.${asciiLetters(last)}`;
  const domain = dice.pick(['correo', 'buzon', 'mail', 'post', 'estafeta']);
  const year = birthday.slice(2, 4);
  const addresses = [dice.chance(0.3) ? year : '', year].map((end) => `${base}${end}@${domain}.example`);
  return addresses.find((address) => !taken.has(address)) ?? `${base}.${number}@${domain}.example`;
}

function asciiLetters(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
}

function languageOf(dice: Dice, { language, other_language }: Place): Language {
  if (!dice.chance(other_language)) return language;
  return language === 'es' ? 'en' : 'es';
}

function devicesOf(dice: Dice): readonly [Device, ...Device[]] {
  const first: Device = { anonymous_id: dice.uuid(), kind: dice.chance(0.68) ? 'mobile' : 'desktop' };
  const second: Device = {
    anonymous_id: dice.uuid(),
    kind: first.kind === 'mobile' ? 'desktop' : 'mobile',
  };
  return dice.chance(0.3) ? [first, second] : [first];
}
