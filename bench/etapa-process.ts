/**
 * A process of Etapa that works for a bench: the URL of its database, that of its mail server and its roles come as
 * arguments. Asked for a report, it tells what it did since the last one; it ends when nobody listens any more.
 */
import { setInterval } from 'node:timers';
import { ROLES, openApp } from '../src/app.ts';
import type { Contact } from '../src/core/contacts/contact.ts';
import type { Instant } from '../src/core/events/event.ts';
import type { Batch, Store } from '../src/engine/ports.ts';
import type { ProcessReport } from './processes.ts';

const [url = '', smtp_url = '', ...roles] = process.argv.slice(2);
const AS_ETAPA_START = 2000;

let turns: ProcessReport['turns'][number][] = [];
let sent = 0;
let first_sent_at: Instant | null = null;

const app = await openApp({
  database_url: url,
  queue: { kind: 'postgres', url },
  smtp_url,
  public_url: 'http://localhost:8686',
  onError: (error) => process.stderr.write(`${String(error)}\n`),
  onMark({ state }) {
    if (state !== 'sent') return;
    first_sent_at ??= Date.now();
    sent++;
  },
});
noteTurns(app.store);
const looking = setInterval(() => void app.refresh().catch(() => undefined), AS_ETAPA_START);

process.on('message', () => process.send?.(report()));
process.on('disconnect', () => {
  clearInterval(looking);
  void app.close();
});
app.start(new Set(ROLES.filter((role) => roles.includes(role))));
process.send?.('ready');

function report(): ProcessReport {
  const { user, system } = process.cpuUsage();
  const memory_mb = process.resourceUsage().maxRSS / 1024;
  const told = { cpu_seconds: (user + system) / 1e6, memory_mb, turns, sent, first_sent_at };
  turns = [];
  return told;
}

/** How late each contact that fell due was decided: until its turn had been committed. */
function noteTurns(store: Store): void {
  const { turn } = store;
  store.turn = async (lease, work) => {
    let due: readonly Instant[] = [];
    const began = Date.now();
    const result = await turn(lease, (book) =>
      work({
        ...book,
        async read(asking) {
          const batch = await book.read(asking);
          due = dueIn(batch);
          return batch;
        },
      }),
    );
    const at = Date.now();
    if (due.length > 0) turns.push({ began, at, late: due.map((moment) => at - moment) });
    return result;
  };
}

function dueIn({ contacts, happenings }: Batch): readonly Instant[] {
  return [...contacts.values()]
    .filter(({ contact }) => !happenings.has(contact.id))
    .map(({ contact }) => dueOf(contact))
    .filter(Number.isFinite);
}

function dueOf({ settled_until, runs }: Contact): Instant {
  return Math.min(settled_until, ...runs.map(({ due_at }) => due_at ?? Infinity));
}
