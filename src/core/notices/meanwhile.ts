/** What rests while a notice is on. */
import type { Instant } from '../events/event.ts';
import type { Json } from '../json.ts';
import type { Purpose } from '../messages/message.ts';
import { reason, type Reason } from '../reason.ts';
import { noticeOf, occurrenceAt, type Notice } from './notice.ts';
import { ALL_PROMOTIONS } from './source.ts';

/** Until when runs of a workflow wait before their next message, `Infinity` while nobody knows; undefined: they do not wait. */
export function pausedUntil(notices: readonly Notice[], workflow: string, now: Instant): Instant | undefined {
  const ends = notices
    .filter(({ pause }) => pause.includes(workflow))
    .flatMap((notice) => occurrenceAt(notice, now)?.to ?? []);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

interface Held {
  readonly message: string;
  readonly purpose: Purpose;
  /** Properties of the event that started the run. */
  readonly event: Readonly<Record<string, Json>>;
}

/** Why a message does not go now because of a notice: one that is on holds it back, or it tells one that is over. */
export function heldByNotice(
  notices: readonly Notice[],
  { message, purpose, event }: Held,
  now: Instant,
): Reason | null {
  const told = noticeOf(notices, event);
  if (told?.notice.message === message && !(told.occurrence && now < told.occurrence.to))
    return isOver(told.notice.id);
  const holding = notices.find(
    (notice) =>
      (notice.hold_back.includes(message) ||
        (purpose === 'promotion' && notice.hold_back.includes(ALL_PROMOTIONS))) &&
      occurrenceAt(notice, now),
  );
  return holding ? isOn(holding.id) : null;
}

function isOn(id: string): Reason {
  return reason(`held back while the notice ${id} is on`, `se retiene mientras el aviso ${id} está vigente`);
}

function isOver(id: string): Reason {
  return reason(`the notice ${id} is over`, `el aviso ${id} ya terminó`);
}
