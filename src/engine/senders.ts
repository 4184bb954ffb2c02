/** Which steps of a workflow send a message. */
import type { Workflow } from '../core/workflows/workflow.ts';

/** The ids of the steps of a workflow that send this message, in the order of its file. */
export function stepsThatSend({ outline }: Workflow, message: string): readonly string[] {
  return outline.flatMap(({ id, text }) => (messageOf(text) === message ? [id] : []));
}

/** What a step sends, as it was written; undefined for steps that send nothing. */
function messageOf(text: string): unknown {
  const { send_email, ask } = JSON.parse(text) as { readonly send_email?: unknown; readonly ask?: unknown };
  return send_email ?? ask;
}
