/** Of a call's `context`, what shows later how a consent was given: kept with calls that speak of one, and with no others. */
import { sayingsOf } from '../../contacts/consent.ts';
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { EventType } from '../event.ts';
import { safeObject } from './plain-json.ts';

/** The properties with the reader's address and program added as `consent_proof`, where the call speaks of consent. */
export function withConsentProof(
  properties: JsonObject,
  type: EventType,
  name: string,
  context: JsonObject,
): JsonObject {
  const speaks = sayingsOf({ id: '', type, name, occurred_at: 0, properties }).length > 0;
  if (!speaks) return properties;
  const told = isJsonObject(properties['consent_proof']) ? properties['consent_proof'] : {};
  const proof = safeObject([
    ...textIn('ip', context['ip']),
    ...textIn('user_agent', context['userAgent']),
    ...Object.entries(told),
  ]);
  return Object.keys(proof).length === 0 ? properties : { ...properties, consent_proof: proof };
}

function textIn(name: string, value: Json | undefined): (readonly [string, Json])[] {
  return typeof value === 'string' && value !== '' ? [[name, value]] : [];
}
