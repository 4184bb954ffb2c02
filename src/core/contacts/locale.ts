import type { Contact } from './contact.ts';
import { isZone } from '../time/zone.ts';

/** The contact's own zone if it is one, else the project's. */
export function zoneOf(contact: Pick<Contact, 'profile'>, project: { readonly time_zone: string }): string {
  const zone = contact.profile.fields.time_zone?.value;
  return typeof zone === 'string' && isZone(zone) ? zone : project.time_zone;
}

/** The contact's own language if the project speaks it, else the project's first. */
export function languageOf(contact: Contact, project: { readonly languages: readonly string[] }): string {
  const language = contact.profile.fields.language?.value;
  return typeof language === 'string' && project.languages.includes(language)
    ? language
    : (project.languages[0] ?? 'en');
}
