import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { MessageState } from '../core/messages/message.ts';
import type { SendingAlert } from '../engine/alert.ts';
import type { CallMark, MessageMark, Store } from '../engine/ports.ts';
import type { Standing } from '../engine/standing.ts';
import type { TurnReport } from '../engine/turn.ts';
import { createDomainLabels } from './domain-labels.ts';
import { watchStore } from './watched-store.ts';

/** What Prometheus reads, and the ears by which it comes about. Every name is told in docs/operations.md. */
export interface Metrics {
  readonly content_type: string;
  /** In the text format of Prometheus; the database is asked first, where that was not just done. */
  text(): Promise<string>;
  /** Their names. */
  names(): readonly string[];
  /** How to ask the database; before that only what this process did itself is told. */
  ask(questions: Questions): void;
  watchStore(store: Store): Store;
  /** Milliseconds since the chores last looked for what is due, or since the beginning. */
  sinceSweep(): number;
  onTurn(report: TurnReport): void;
  onMark(mark: MessageMark): void;
  onCall(mark: CallMark): void;
  onAlert(alert: SendingAlert): void;
  onError(): void;
  /** A request was answered; `route` is its pattern, never its address. */
  onAnswered(answered: Answered): void;
  onDeployment(outcome: 'live' | 'refused'): void;
  onCleaned(table: string, rows: number): void;
}

export interface Answered {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

export interface Questions {
  standing(): Promise<Standing>;
  /** Connections of this process to PostgreSQL. */
  connections(): { readonly open: number; readonly idle: number; readonly waiting: number };
  /** The version of the project that is live. */
  version(): string;
}

/** However often it is read, the database is asked this seldom, in milliseconds. */
const ASK_EVERY = 5000;
const LATENESS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200];
const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** So many messages are in the hands of one process at most, with room to spare. */
const MOST_IN_HAND = 5000;

export function createMetrics(): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const meters = makeMeters(register);
  const labels = createDomainLabels();
  const in_hand = new Map<string, InHand>();
  const asker = createAsker(meters);
  let swept_at = performance.now();

  return {
    content_type: register.contentType,
    async text() {
      await asker.refresh();
      return register.metrics();
    },
    names: () => register.getMetricsAsArray().map(({ name }) => name),
    ask: (questions) => asker.ask(questions),
    watchStore: (store) =>
      watchStore(store, {
        appended: (outcome, events) => meters.events.inc({ outcome }, events),
        turned(held, elsewhere) {
          meters.partitions.inc({ outcome: 'held' }, held);
          meters.partitions.inc({ outcome: 'elsewhere' }, elsewhere);
        },
        taken: (kind, late) => meters.lateness.observe({ kind }, Math.max(0, late) / 1000),
        claimed(id, channel, domain) {
          if (in_hand.size >= MOST_IN_HAND) in_hand.clear();
          in_hand.set(id, { channel, domain });
        },
        swept() {
          swept_at = performance.now();
          meters.swept.setToCurrentTime();
        },
      }),
    sinceSweep: () => performance.now() - swept_at,
    onTurn({ decided, owed }) {
      meters.turns.inc();
      meters.decided.inc(decided);
      meters.owed.inc(owed);
    },
    onMark({ id, state }) {
      const { channel = 'unknown', domain } = in_hand.get(id) ?? {};
      in_hand.delete(id);
      meters.messages.inc({ channel, state });
      if (domain !== undefined && TO_DOMAIN.has(state))
        meters.emails.inc({ domain: labels.labelOf(domain), state });
    },
    onCall: ({ state }) => meters.calls.inc({ state }),
    onAlert: ({ kind }) => meters.alerts.inc({ kind }),
    onError: () => meters.errors.inc(),
    onAnswered: ({ method, route, status, seconds }) =>
      meters.http.observe({ method, route, status: String(status) }, seconds),
    onDeployment: (outcome) => meters.deployments.inc({ outcome }),
    onCleaned: (table, rows) => meters.cleaned.inc({ table }, rows),
  };
}

interface InHand {
  readonly channel: string;
  /** Where an e-mail goes. */
  readonly domain: string | undefined;
}

/** What a receiving domain had to do with. */
const TO_DOMAIN: ReadonlySet<MessageState> = new Set(['sent', 'deferred', 'refused', 'uncertain']);

type Meters = ReturnType<typeof makeMeters>;

function makeMeters(register: Registry) {
  const registers = [register];
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]): Counter<L> =>
    new Counter({ name: `etapa_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]): Gauge<L> =>
    new Gauge({ name: `etapa_${name}`, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], ...labelNames: L[]) =>
    new Histogram<L>({ name: `etapa_${name}`, help, buckets, labelNames, registers });
  return {
    events: withZeros(
      counter('events_total', 'Events that came in: accepted, duplicate, rejected.', 'outcome'),
      ['accepted', 'duplicate', 'rejected'].map((outcome) => ({ outcome })),
    ),
    partitions: withZeros(
      counter('partitions_total', 'Partitions that turns asked for: held, elsewhere.', 'outcome'),
      ['held', 'elsewhere'].map((outcome) => ({ outcome })),
    ),
    turns: counter('turns_total', 'Turns taken.'),
    decided: counter('contacts_decided_total', 'Contacts decided in turns.'),
    owed: counter('owed_total', 'Messages and calls that turns came to owe.'),
    messages: withZeros(
      counter('messages_total', 'What became of messages, by channel and state.', 'channel', 'state'),
      [...TO_DOMAIN, 'suppressed'].map((state) => ({ channel: 'email', state })),
    ),
    emails: counter('emails_total', 'What became of e-mails, by domain of the recipient.', 'domain', 'state'),
    calls: counter('calls_total', 'What became of calls of other systems.', 'state'),
    alerts: counter('alerts_total', 'Alerts that only people can mend, by kind.', 'kind'),
    errors: counter('errors_total', 'Errors that were logged.'),
    deployments: withZeros(
      counter('deployments_total', 'Changes of the project: live, refused.', 'outcome'),
      ['live', 'refused'].map((outcome) => ({ outcome })),
    ),
    cleaned: counter('cleaned_rows_total', 'Rows that retention deleted, by table.', 'table'),
    lateness: histogram(
      'lateness_seconds',
      'From the moment something fell due to the moment it was taken up: event, contact, message.',
      LATENESS,
      'kind',
    ),
    http: histogram(
      'http_request_duration_seconds',
      'Requests answered, by method, route and status.',
      DURATIONS,
      'method',
      'route',
      'status',
    ),
    swept: gauge('last_sweep_timestamp_seconds', 'When this process last looked for what is due.'),
    project: gauge('project_info', 'The version of the project that this process works by.', 'version'),
    up: gauge('database_up', '1 where the database answered just now, else 0.'),
    connections: gauge(
      'database_connections',
      'Connections of this process: open, idle, waiting for one.',
      'state',
    ),
    oldest: gauge('oldest_seconds', 'How late the latest is: message, event, contact.', 'kind'),
    stuck: gauge('stuck', 'Late for more than ten minutes: messages, partitions. Must be 0.', 'kind'),
    uncertain: gauge('uncertain_messages', 'Messages of the last seven days that may not have arrived.'),
    held: gauge('held_contacts', 'Contacts to whom nothing goes since a restore, until somebody decides.'),
    put_aside: gauge('put_aside_contacts', 'Contacts that could not be decided. Must be 0.'),
    partitions_held: gauge('partitions_held', 'Partitions that some process is at.'),
    claims: gauge('claims', 'Messages that processes have in their hands.'),
    processes: gauge('processes', 'Processes that are connected.'),
  };
}

/** What has not happened yet is told as 0, so that a rate can be asked for from the beginning. */
function withZeros<L extends string>(counter: Counter<L>, all: Partial<Record<L, string>>[]): Counter<L> {
  for (const labels of all) counter.inc(labels, 0);
  return counter;
}

interface Asker {
  ask(questions: Questions): void;
  refresh(): Promise<void>;
}

/** Several who read at once share one question. */
function createAsker(meters: Meters): Asker {
  let questions: Questions | undefined;
  let asked_at = -Infinity;
  let asking: Promise<void> | undefined;

  async function askAll(some: Questions): Promise<void> {
    try {
      tellStanding(meters, await some.standing());
      meters.up.set(1);
    } catch {
      // What was known is not told on as if it were still so.
      forgetStanding(meters);
      meters.up.set(0);
    }
    tellOwn(meters, some);
  }

  return {
    ask: (given) => void (questions = given),
    async refresh() {
      if (!questions || performance.now() - asked_at < ASK_EVERY) return asking;
      asked_at = performance.now();
      asking = askAll(questions).finally(() => (asking = undefined));
      await asking;
    },
  };
}

function tellStanding(meters: Meters, standing: Standing): void {
  meters.oldest.set({ kind: 'message' }, standing.oldest_owed_message / 1000);
  meters.oldest.set({ kind: 'event' }, standing.oldest_happening / 1000);
  meters.oldest.set({ kind: 'contact' }, standing.oldest_due_contact / 1000);
  meters.stuck.set({ kind: 'messages' }, standing.stuck_messages);
  meters.stuck.set({ kind: 'partitions' }, standing.stuck_partitions);
  meters.uncertain.set(standing.uncertain_messages);
  meters.held.set(standing.held_contacts);
  meters.put_aside.set(standing.put_aside_contacts);
  meters.partitions_held.set(standing.partitions_held);
  meters.claims.set(standing.claims);
  meters.processes.set(standing.processes);
}

function forgetStanding({
  oldest,
  stuck,
  uncertain,
  held,
  put_aside,
  partitions_held,
  claims,
  processes,
}: Meters): void {
  for (const gauge of [oldest, stuck]) gauge.reset();
  for (const gauge of [uncertain, held, put_aside, partitions_held, claims, processes]) gauge.remove();
}

function tellOwn(meters: Meters, { connections, version }: Questions): void {
  const { open, idle, waiting } = connections();
  meters.connections.set({ state: 'open' }, open);
  meters.connections.set({ state: 'idle' }, idle);
  meters.connections.set({ state: 'waiting' }, waiting);
  meters.project.reset();
  meters.project.set({ version: version() }, 1);
}
