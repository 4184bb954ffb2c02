import { z } from 'zod';
import { byVerb } from '../../schema.ts';
import type { StepListSchema, StepSource, Verb } from '../verb.ts';
import { branch } from './branch.ts';
import { exit } from './exit.ts';
import { sendEmail } from './send-email.ts';
import { updateContact } from './update-contact.ts';
import { wait } from './wait.ts';
import { waitFor } from './wait-for.ts';
import { waitUntil } from './wait-until.ts';

const list: StepListSchema = z.lazy(() => stepListSchema);

/** The shelf of verbs. A new one is a file beside these and a line here. */
const verbs = {
  wait,
  wait_until: waitUntil,
  wait_for: waitFor(list),
  branch: branch(list),
  send_email: sendEmail,
  update_contact: updateContact,
  exit,
};

const schemas = Object.fromEntries(Object.entries(verbs).map(([name, verb]) => [name, verb.schema]));

export const stepListSchema: StepListSchema = z.array(byVerb('step', schemas)) as StepListSchema;

export function verbOf(step: StepSource): Verb<StepSource> {
  return (verbs as unknown as Record<string, Verb<StepSource>>)[step.verb] as Verb<StepSource>;
}
