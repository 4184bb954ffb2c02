/** A small shop on the real engine, as in production but for a clock that can be put forward. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { App, AppOptions, Role } from '../../src/app.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { MessageMark, ReceivedEvent } from '../../src/engine/ports.ts';
import type { ProjectFiles } from '../../src/project/read-files.ts';
import { openTestApp, type Place } from './app.ts';
import { messageFiles, projectFiles } from './projects.ts';
import { identified, product, tracked } from './traffic.ts';

/** An offer for whoever puts something into the cart, a receipt for whoever orders. */
export const SHOP_FILES: ProjectFiles = projectFiles({
  ...messageFiles('offer', 'promotion'),
  ...messageFiles('receipt', 'service'),
  'workflows/offering.yaml': `version: 1
workflow: offering
purpose: promotion
enter_when: { event: product_added }
re_enter: always
steps:
  - send_email: offer
`,
  'workflows/selling.yaml': `version: 1
workflow: selling
purpose: service
enter_when: { event: order_completed }
re_enter: always
steps:
  - send_email: receipt
`,
});

export type MessageRow = {
  id: string;
  message: string;
  state: string;
  attempts: number;
  user: string;
  address: string | null;
  subject: string | null;
  tone: string;
  response: string | null;
  because: string | null;
  /** Seconds until the next attempt. */
  due_in: number;
  sent: boolean;
  claimed: boolean;
};

export interface Shop {
  readonly app: App;
  readonly database_url: string;
  readonly marks: readonly MessageMark[];
  readonly errors: readonly unknown[];
  /** Makes somebody known who may be written to. */
  knows(user_id: string, traits?: JsonObject): ReceivedEvent;
  puts(user_id: string): ReceivedEvent;
  orders(user_id: string): ReceivedEvent;
  receive(...events: readonly ReceivedEvent[]): Promise<void>;
  /** The clock goes on, but so many milliseconds ahead of the database's. */
  pass(milliseconds: number): void;
  /** Begins to send. */
  send(): void;
  messages(): Promise<MessageRow[]>;
  /** Looks again whenever something was decided or sent, until all messages are so. */
  until(all: (messages: readonly MessageRow[]) => boolean, patience?: number): Promise<MessageRow[]>;
  close(): Promise<void>;
}

export interface ShopOptions {
  readonly files?: ProjectFiles;
  readonly smtp_url?: string;
  readonly roles?: readonly Role[];
  readonly backend?: 'postgres' | 'redis';
  readonly place?: Place;
  readonly overrides?: Partial<AppOptions>;
}

export async function openShop(options: ShopOptions = {}): Promise<Shop> {
  const marks: MessageMark[] = [];
  const errors: unknown[] = [];
  let rouse: () => void = () => undefined;
  let next = new Promise<void>((resolve) => (rouse = resolve));
  const wake = (): void => {
    rouse();
    next = new Promise((resolve) => (rouse = resolve));
  };
  const { app, clock, database_url } = await openTestApp({
    files: options.files ?? SHOP_FILES,
    backend: options.backend ?? 'postgres',
    ...(options.place ? { place: options.place } : {}),
    start: 0,
    roles: options.roles ?? ['engine'],
    overrides: {
      smtp_url: options.smtp_url,
      onTurned: wake,
      onSent: wake,
      onMark(mark) {
        marks.push(mark);
        wake();
      },
      onError: (error) => errors.push(error),
      ...options.overrides,
    },
  });
  clock.run(0);
  let ahead = 0;
  let sending = options.roles?.includes('sender') ?? false;

  async function messages(): Promise<MessageRow[]> {
    const now = await app.now();
    const found = await app.db.execute<MessageRow>(sql`
      select m.id, m.message, m.state, m.attempts, coalesce(i.value, '') as user, m.address, m.subject, m.tone,
        m.response, m.held_because ->> 'en' as because,
        extract(epoch from m.due_at - to_timestamp(${now / 1000}))::float8 as due_in,
        m.sent_at is not null as sent, m.claim is not null or m.lease_until is not null as claimed
      from messages m left join identities i on i.contact_id = m.contact_id and i.kind = 'user'
      order by m.id`);
    return found.rows;
  }

  return {
    app,
    database_url,
    marks,
    errors,
    knows: (user_id, traits) =>
      identified(
        { user_id },
        { email: `${user_id}@example.com`, language: 'en', consent: ['email'], ...traits },
      ),
    puts: (user_id) => tracked({ user_id }, 'product_added', product('shoe', 20)),
    orders: (user_id) => tracked({ user_id }, 'order_completed', { order_id: `o-${user_id}`, total: 20 }),
    receive: (...events) => app.receiver.receive(events),
    pass(milliseconds) {
      ahead += milliseconds;
      clock.run(ahead);
    },
    send() {
      if (!sending) app.start(new Set(['sender']));
      sending = true;
      app.bell.ringSends();
    },
    messages,
    async until(all, patience = 15_000) {
      const stop = new AbortController();
      const late = sleep(patience, 'late', { signal: stop.signal }).catch(() => 'stopped');
      try {
        for (;;) {
          const change = next;
          const list = await messages();
          if (list.length > 0 && all(list)) return list;
          // Another process may be the one that changes something.
          const tick = sleep(250, 'again', { ref: false });
          if ((await Promise.race([change, late, tick])) === 'late')
            throw new Error(
              `still ${JSON.stringify(list.slice(0, 5), undefined, 1)} ${errors.map(String).join('\n')}`,
            );
        }
      } finally {
        stop.abort();
      }
    },
    close: () => app.close(),
  };
}
