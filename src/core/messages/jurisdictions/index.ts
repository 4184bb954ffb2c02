import type { Jurisdiction } from '../jurisdiction.ts';
import { CA } from './ca.ts';
import { CL } from './cl.ts';
import { CO } from './co.ts';
import { ES } from './es.ts';
import { EU } from './eu.ts';
import { MX } from './mx.ts';
import { PE } from './pe.ts';
import { STRICTEST } from './strictest.ts';
import { US } from './us.ts';

export const JURISDICTIONS: readonly Jurisdiction[] = [ES, MX, CO, PE, CL, US, CA, EU];

/**
 * The jurisdiction by the name that etapa.yaml gives it. A country of the EU without a file has the rules of the EU, any
 * other the strictest.
 */
export function jurisdictionOf(code: string): Jurisdiction {
  const known = JURISDICTIONS.find((one) => one.code === code);
  if (known) return known;
  return { ...(EU.countries.includes(code) ? EU : STRICTEST), code, countries: [code] };
}
