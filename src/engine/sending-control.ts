/** People's hand on promotions: how they stand, stopping them, and letting them go on. */
import type { Instant } from '../core/events/event.ts';
import { COMPLAINT_DAYS, complaintsOfWeek, judgeComplaints } from '../core/messages/complaint-rate.ts';
import { reason } from '../core/reason.ts';
import type { SendingBook } from './calm.ts';
import type { Bell } from './ports.ts';
import type { SendingStop } from './stops.ts';

export interface SendingState {
  readonly stops: readonly (SendingStop & { readonly held: number })[];
  /** Of the last seven days, or since promotions were let go on after a stop. `rate` is a share from 0 to 1. */
  readonly complaints: {
    readonly sent: number;
    readonly complained: number;
    readonly rate: number;
    readonly level: 'fine' | 'warn' | 'pause';
  };
}

export interface SendingControl {
  state(): Promise<SendingState>;
  /** False where they had been stopped by hand before. */
  stop(channel: string): Promise<boolean>;
  /**
   * Ends what people and complaints stopped, of one channel where that is given; the set-up of the domain is mended in
   * DNS.
   */
  resume(channel?: string): Promise<{ readonly ended: number; readonly released: number }>;
}

export interface ControlParts {
  readonly book: Pick<SendingBook, 'stops' | 'complaints'>;
  readonly bell: Bell;
  now(): Promise<Instant>;
}

export function createSendingControl({ book, bell, now }: ControlParts): SendingControl {
  const { stops } = book;
  return {
    async state() {
      const open = await stops.open();
      const held = await Promise.all(open.map((stop) => stops.held(stop)));
      const week = complaintsOfWeek(await book.complaints(await now(), COMPLAINT_DAYS));
      const { level, rate } = judgeComplaints(week);
      return {
        stops: open.map((stop, index) => ({ ...stop, held: held[index] ?? 0 })),
        complaints: { ...week, rate, level },
      };
    },
    async stop(channel) {
      return stops.begin({ channel, cause: 'hand', because: BY_HAND, since: await now() });
    },
    async resume(of) {
      const at = await now();
      const open = (await stops.open()).filter(
        ({ cause, channel }) => cause !== 'setup' && (of === undefined || of === channel),
      );
      let released = 0;
      for (const { channel, cause } of open) released += (await stops.end(channel, cause, at)) ?? 0;
      bell.ringSends();
      return { ended: open.length, released };
    },
  };
}

const BY_HAND = reason(
  'promotions were stopped by hand, so this one waits until they go on',
  'las promociones se detuvieron a mano, así que esta espera a que se reanuden',
);
