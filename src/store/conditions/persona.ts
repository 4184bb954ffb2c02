import type { SQL } from 'drizzle-orm';
import type { PersonaCondition } from '../../core/conditions/subjects/persona.ts';
import { aroundPersonas, type Asking } from './asking.ts';
import { firstIsAmong } from './first-that-holds.ts';

/** By what the personas themselves ask, so also for personas that are not deployed yet. */
export function personaSql({ persona }: PersonaCondition, { written, compile }: Asking): SQL {
  const around = aroundPersonas(written);
  const list = written.personas.map(({ id, when }) => ({ id, holds: when && compile(when, around) }));
  return firstIsAmong(persona, list, false);
}
