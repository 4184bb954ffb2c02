/**
 * One process that sends, told by its parent what to do: the app with the role of a sender, or nodemailer alone with
 * the same texts. It tells how many have been sent, and at last what that took.
 */
import { createTransport } from 'nodemailer';
import type { DkimKey } from '../src/channels/dkim.ts';
import type { Parcel } from '../src/engine/ports.ts';
import { joinBenchApp } from './surroundings.ts';

/** What the parent says: first how to send, then how many (the app takes what is owed), at last that it is over. */
export type Order =
  | {
      readonly kind: 'etapa';
      readonly database_url: string;
      readonly smtp_url: string;
      readonly dkim?: DkimKey;
    }
  | {
      readonly kind: 'nodemailer';
      readonly smtp_url: string;
      readonly parcel: Parcel;
      readonly dkim?: DkimKey;
    }
  | { readonly kind: 'send'; readonly count: number }
  | { readonly kind: 'ring' | 'tell' | 'end' };

export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'sent'; readonly count: number }
  /** Since the process began: seconds of a core, and the most memory that it held. */
  | { readonly kind: 'usage'; readonly core: number; readonly memory_mb: number };

const CONNECTIONS = 20;
const TOLD_EVERY = 20;

let sent = 0;
let told = 0;
let send: (count: number) => void = () => undefined;
let ring: () => void = () => undefined;
let close: () => Promise<unknown> = () => Promise.resolve();

process.on('message', (order: Order) => void obey(order));
// Whoever gave the orders has ended.
process.on('disconnect', () => process.exit());

async function obey(order: Order): Promise<void> {
  switch (order.kind) {
    case 'etapa':
      await openEtapa(order);
      return beReady();
    case 'nodemailer':
      openNodemailer(order);
      return beReady();
    case 'send':
      return send(order.count);
    case 'ring':
      return ring();
    case 'tell':
      return tell(usage());
    case 'end':
      await close();
      process.disconnect();
  }
}

function beReady(): void {
  setInterval(() => {
    if (sent > told) tell({ kind: 'sent', count: sent - told });
    told = sent;
  }, TOLD_EVERY).unref();
  tell({ kind: 'ready' });
}

function tell(answer: Answer): void {
  process.send?.(answer);
}

function usage(): Answer {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { kind: 'usage', core: (userCPUTime + systemCPUTime) / 1e6, memory_mb: Math.round(maxRSS / 1024) };
}

async function openEtapa({ database_url, smtp_url, dkim }: Extract<Order, { kind: 'etapa' }>): Promise<void> {
  const app = await joinBenchApp(database_url, {
    smtp_url,
    ...(dkim ? { mail: { dkim: [dkim] } } : {}),
    onMark: ({ state }) => {
      if (state === 'sent') sent++;
    },
  });
  app.start(new Set(['sender']));
  ring = () => app.bell.ringSends();
  send = ring;
  close = () => app.close();
}

function openNodemailer({ smtp_url, parcel, dkim }: Extract<Order, { kind: 'nodemailer' }>): void {
  const transport = createTransport({
    url: smtp_url,
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: Infinity,
    ...(dkim
      ? { dkim: { domainName: dkim.domain, keySelector: dkim.selector, privateKey: dkim.private_key } }
      : {}),
  } as object);
  const { subject, html, text, from } = parcel;
  send = (count) => {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next++ < count) {
        await transport.sendMail({
          from: { name: from.name, address: from.email },
          to: `person${next}@people.example`,
          subject,
          html,
          text,
        });
        sent++;
      }
    };
    void Promise.all(Array.from({ length: 2 * CONNECTIONS }, worker));
  };
  close = () => Promise.resolve(transport.close());
}
