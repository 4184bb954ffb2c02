import type { Language } from './catalogue.ts';
import { AMERICAN, BRITISH, COLOMBIAN, MEXICAN, SPANISH, type NamePool } from './names.ts';

/** Where Lumbre's customers live: most around its two shops, some in the rest of the world. */
export interface Place {
  readonly city: string;
  /** ISO 3166-1, two letters. */
  readonly country: string;
  /** Of the tz database. */
  readonly time_zone: string;
  /** The language of most people there, and the share of those who read the other one. */
  readonly language: Language;
  readonly other_language: number;
  readonly names: NamePool;
  readonly weight: number;
}

export const PLACES: readonly Place[] = [
  ...spain('Europe/Madrid', { Madrid: 34, Barcelona: 6, Valencia: 4, Sevilla: 4, Bilbao: 3, Zaragoza: 2 }),
  ...spain('Atlantic/Canary', { 'Las Palmas de Gran Canaria': 3, 'Santa Cruz de Tenerife': 2 }),
  ...mexico('America/Mexico_City', { 'Ciudad de México': 20, Puebla: 2, Guadalajara: 3 }),
  ...mexico('America/Monterrey', { Monterrey: 2 }),
  ...mexico('America/Cancun', { Cancún: 1 }),
  ...mexico('America/Tijuana', { Tijuana: 1 }),
  ...colombia({ Bogotá: 4, Medellín: 2 }),
  ...britain({ London: 4, Manchester: 2, Edinburgh: 1 }),
  place('New York', 4, ['US', 'America/New_York', 'en', 0.3, AMERICAN]),
  place('Austin', 1, ['US', 'America/Chicago', 'en', 0.25, AMERICAN]),
  place('Los Angeles', 1, ['US', 'America/Los_Angeles', 'en', 0.3, AMERICAN]),
];

type Land = readonly [
  country: string,
  time_zone: string,
  language: Language,
  other_language: number,
  names: NamePool,
];
type Cities = Readonly<Record<string, number>>;

function spain(time_zone: string, cities: Cities): Place[] {
  return places(cities, ['ES', time_zone, 'es', 0.06, SPANISH]);
}

function mexico(time_zone: string, cities: Cities): Place[] {
  return places(cities, ['MX', time_zone, 'es', 0.04, MEXICAN]);
}

function colombia(cities: Cities): Place[] {
  return places(cities, ['CO', 'America/Bogota', 'es', 0.03, COLOMBIAN]);
}

function britain(cities: Cities): Place[] {
  return places(cities, ['GB', 'Europe/London', 'en', 0.04, BRITISH]);
}

function places(cities: Cities, land: Land): Place[] {
  return Object.entries(cities).map(([city, weight]) => place(city, weight, land));
}

function place(
  city: string,
  weight: number,
  [country, time_zone, language, other_language, names]: Land,
): Place {
  return { city, country, time_zone, language, other_language, names, weight };
}
