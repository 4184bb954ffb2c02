/** An explanation as programs read it: moments as ISO 8601 texts. */

/** Whatever holds moments under the names that explanations give them. */
export function plainExplanation(explanation: object): object {
  return withTimes(explanation) as object;
}

const TIMES = new Set([
  ...['at', 'now', 'since', 'until', 'first', 'last', 'first_seen', 'last_seen', 'stays_until', 'updated_at'],
  ...['entered_at', 'ended_at', 'owed_at', 'sent_at', 'due_at', 'free_at', 'confirmed_at', 'refused_at'],
  ...['retry_at', 'received_at', 'finished_at'],
]);

/** What came from outside, and may use the same names for anything. */
const FOREIGN = new Set(['value', 'event', 'variants', 'properties']);

function withTimes(node: unknown, name = ''): unknown {
  if (typeof node === 'number' && TIMES.has(name)) return new Date(node).toISOString();
  if (typeof node !== 'object' || node === null || FOREIGN.has(name)) return node;
  if (Array.isArray(node)) return node.map((one: unknown) => withTimes(one));
  return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, withTimes(inner, key)]));
}
