/** A fetch of a message's pixel or of one of its links. */
import type { Instant } from '../events/event.ts';

export const TOUCH_KINDS = ['open', 'click'] as const;
export type TouchKind = (typeof TOUCH_KINDS)[number];

/** Whether a machine did it: mail scanners and proxies fetch what people never see. */
export const MACHINE_SIGNS = ['no', 'likely', 'certain'] as const;
export type MachineSign = (typeof MACHINE_SIGNS)[number];

export interface Touch {
  readonly message_id: string;
  readonly kind: TouchKind;
  /** Which link of the message, from 0; null for the pixel. */
  readonly link: number | null;
  readonly at: Instant;
  readonly ip: string;
  readonly user_agent: string;
}
