import { z } from 'zod';
import { byVerb } from '../../schema.ts';
import type { StepListSchema, StepSource, Verb } from '../verb.ts';
import { abTest } from './ab-test.ts';
import { ask } from './ask.ts';
import { branch } from './branch.ts';
import { callWebhook } from './call-webhook.ts';
import { exit } from './exit.ts';
import { goTo } from './goto.ts';
import { send, sendBy } from './send.ts';
import { startWorkflow } from './start-workflow.ts';
import { tellTeam } from './tell-team.ts';
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
  ab_test: abTest(list),
  send_email: sendBy('email'),
  send_sms: sendBy('sms'),
  send_chat: sendBy('chat'),
  send_webhook: sendBy('webhook'),
  send,
  ask: ask(list),
  update_contact: updateContact,
  start_workflow: startWorkflow,
  tell_team: tellTeam,
  call_webhook: callWebhook(list),
  goto: goTo,
  exit,
};

const schemas = Object.fromEntries(Object.entries(verbs).map(([name, verb]) => [name, verb.schema]));

export const stepListSchema: StepListSchema = z.array(byVerb('step', schemas)) as StepListSchema;

export function verbOf(step: StepSource): Verb<StepSource> {
  return (verbs as unknown as Record<string, Verb<StepSource>>)[step.verb] as Verb<StepSource>;
}
