/** When readers' complaints tell us to stop: Gmail and Yahoo want less than 0.1 %, and never 0.3 %. */
import { reason, type Reason } from '../reason.ts';

export interface Complaints {
  readonly sent: number;
  /** Messages that their readers marked as unwanted. */
  readonly complained: number;
}

export interface ComplaintVerdict {
  /** `warn` is for people; at `pause` no promotion should go until the rate has fallen. */
  readonly level: 'fine' | 'warn' | 'pause';
  /** A share from 0 to 1. */
  readonly rate: number;
  /** Null while all is well. */
  readonly because: Reason | null;
}

/** So many days together make the rate: readers complain days after a message came. */
const DAYS_COUNTED = 7;
/** Gmail forgives after so many days below the limit. */
const CALM_DAYS = 7;
/** How many days must be known to tell both. */
export const COMPLAINT_DAYS = DAYS_COUNTED + CALM_DAYS;

/** @param days the last 24 hours first. @param ago as it was so many days ago. */
export function complaintsOfWeek(days: readonly Complaints[], ago = 0): Complaints {
  const week = days.slice(ago, ago + DAYS_COUNTED);
  return {
    sent: week.reduce((sum, day) => sum + day.sent, 0),
    complained: week.reduce((sum, day) => sum + day.complained, 0),
  };
}

/** Whether promotions may go again that were stopped: the rate has stayed below the limit since, for a week at least. */
export function hasCalmedDown(days: readonly Complaints[], days_stopped: number): boolean {
  if (days_stopped < CALM_DAYS) return false;
  const moments = Array.from({ length: CALM_DAYS + 1 }, (_, ago) => ago);
  return moments.every((ago) => judgeComplaints(complaintsOfWeek(days, ago)).level !== 'pause');
}

/** Shares from 0 to 1. */
export const WARN_AT = 0.001;
export const PAUSE_AT = 0.003;
/** Few messages are counted as so many: otherwise one complaint about ten would stop everything. */
const COUNTED_AS_LEAST = 1000;

export function judgeComplaints({ sent, complained }: Complaints): ComplaintVerdict {
  const rate = complained / Math.max(sent, COUNTED_AS_LEAST);
  if (rate < WARN_AT) return { level: 'fine', rate, because: null };
  const level = rate < PAUSE_AT ? 'warn' : 'pause';
  return { level, rate, because: level === 'warn' ? warned(sent, complained) : paused(sent, complained) };
}

function warned(sent: number, complained: number): Reason {
  return reason(
    `${complained} of ${sent} messages were marked as spam; from 0.3 % on, promotions stop`,
    `${complained} de ${sent} mensajes se marcaron como spam; a partir del 0,3 % se detienen las promociones`,
  );
}

function paused(sent: number, complained: number): Reason {
  return reason(
    `promotions stopped: ${complained} of ${sent} messages were marked as spam, and 0.3 % is the most that receivers bear`,
    `promociones detenidas: ${complained} de ${sent} mensajes se marcaron como spam, y los receptores toleran como mucho el 0,3 %`,
  );
}
