import type { FastifyInstance } from 'fastify';
import type { Checks } from '../api/health.ts';
import { databaseCheck } from '../api/health.ts';
import { openWatchServer } from '../api/watch-server.ts';
import type { App, AppOptions, Role } from '../app.ts';
import { alertWords } from '../engine/alert-words.ts';
import { UserError } from '../errors.ts';
import { createErrorTeller } from '../operations/error-teller.ts';
import { createLog, type Log } from '../operations/log.ts';
import { createMetrics, type Metrics } from '../operations/metrics.ts';
import { isTraced, traceChannel, traceStore } from '../operations/tracing.ts';
import type { Settings } from '../settings.ts';
import { listen } from './listen.ts';

/** How a running process is seen: its log, its metrics, and whether it is ready. */
export interface Watching {
  readonly log: Log;
  readonly metrics: Metrics;
  /** By which the app tells what happens. */
  readonly ears: Partial<AppOptions>;
  /** Asks the app from now on, and listens for those who watch, where that is set. */
  open(app: App, roles: ReadonlySet<Role>): Promise<Checks>;
  /** From now on it is not ready. */
  end(): void;
  close(): Promise<void>;
}

export function watchProcess({ log_level: level, metrics: place }: Settings): Watching {
  const plain = process.stdout.isTTY;
  const log = createLog({ level, plain, write: (line) => void process.stdout.write(line) });
  const metrics = createMetrics();
  let ending = false;
  let server: FastifyInstance | undefined;
  return {
    log,
    metrics,
    ears: earsOf(log, metrics),
    async open(app, roles) {
      const { standing, connections } = app;
      metrics.ask({ standing, connections, version: () => app.live().hash });
      const checks = checksOf(app, roles, metrics, () => ending);
      if (!place) return checks;
      const database = databaseCheck(() => app.store.databaseNow());
      server = await openWatchServer({ metrics, checks: { database, ...checks }, log: log.pino });
      await listen(server, place);
      return checks;
    },
    end: () => void (ending = true),
    async close() {
      await server?.close();
    },
  };
}

function earsOf(log: Log, metrics: Metrics): Partial<AppOptions> {
  const tell = createErrorTeller(log);
  return {
    onTurn: metrics.onTurn,
    onMark: metrics.onMark,
    onCall: metrics.onCall,
    onCleaned(table, rows) {
      metrics.onCleaned(table, rows);
      log.debug({ table, rows }, 'deleted because it is older than "keep" says');
    },
    onAlert(alert) {
      metrics.onAlert(alert);
      log.warn({ alert: alert.kind, domain: alert.domain, times: alert.times }, alertWords(alert).en);
    },
    onError(error) {
      metrics.onError();
      tell(error);
    },
    ...(isTraced() ? { watchChannel: traceChannel } : {}),
    watchStore: (store) => metrics.watchStore(isTraced() ? traceStore(store) : store),
  };
}

/** Longer without a look at what is due, and others should be looked for: the sweep looks each second. */
const SWEEP_WITHIN = 30_000;

function checksOf(app: App, roles: ReadonlySet<Role>, metrics: Metrics, isEnding: () => boolean): Checks {
  const holds = (is: () => boolean) => async (): Promise<void> => {
    if (!is()) throw new Error('it does not hold');
  };
  return {
    running: {
      ask: holds(() => !isEnding()),
      failing: { code: 'ending', message: 'This process ends. Ask another one.' },
    },
    project: {
      ask: async () => app.live(),
      failing: { code: 'no_project', message: 'No project is live.' },
    },
    ...(roles.has('chores') && {
      sweep: {
        ask: holds(() => metrics.sinceSweep() < SWEEP_WITHIN),
        failing: { code: 'sweep_silent', message: 'What falls due is not looked for.' },
      },
    }),
  };
}

/** What is wrong with the files of a project, as the log tells it; whatever is not the user's to mend is thrown on. */
export function logRefusal(log: Log, error: unknown): void {
  if (!(error instanceof UserError)) throw error;
  log.error({ problems: error.details }, error.message);
}
