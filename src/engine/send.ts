import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '../core/events/event.ts';
import { reason, type Reason } from '../core/reason.ts';
import { createDoor, type Door } from './door.ts';
import { parcelOf, writeLetter, type Letter } from './letter.ts';
import type { Links } from './links.ts';
import type { Live, LiveProject } from './live-project.ts';
import { createMarker, type Marker } from './marker.ts';
import type {
  Channel,
  Claim,
  ClaimedMessage,
  Clock,
  Delivery,
  MessageMark,
  Rendered,
  Renderer,
  Store,
} from './ports.ts';
import { nextAttempt } from './retry.ts';

export interface SenderParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly live: Live;
  readonly links: Links;
  readonly renderer: Renderer;
  readonly channels: ReadonlyMap<string, Channel>;
  /** Hears what became of each message. */
  onMark?(mark: MessageMark): void;
  /** Hears when nothing more is to be sent. */
  onDone?(): void;
}

export interface Sender {
  /** Sends everything that is due; resolves when nothing more is. */
  work(): Promise<void>;
  /** Lets what is being handed over come to its end, gives back what is not, and claims no more. */
  stop(): void;
}

const MESSAGES_PER_CLAIM = 100;
/** While one batch is handed over, the next is claimed and rendered. */
const BATCHES_AT_ONCE = 3;
/** More than there are connections, so that none is idle; few, so that stopping takes no longer than two messages. */
const HANDED_OVER_AT_ONCE = 40;

export function createSender(parts: SenderParts): Sender {
  let stopping = false;
  let working: Promise<void> | undefined;
  let again = false;
  const door = createDoor(HANDED_OVER_AT_ONCE);
  const sending: Sending = { ...parts, door, isStopping: () => stopping };

  async function workAll(): Promise<void> {
    try {
      do {
        again = false;
        await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, claimUntilEmpty));
      } while (again && !stopping);
    } finally {
      // In the same step as the last look at `again`, so that no ring is lost in between.
      working = undefined;
      parts.onDone?.();
    }
  }

  async function claimUntilEmpty(): Promise<void> {
    while (!stopping) {
      const now = parts.clock.at(await parts.store.databaseNow());
      const claim = await parts.store.claim(now, MESSAGES_PER_CLAIM);
      if (claim.messages.length === 0) return;
      await sendBatch(sending, claim, now);
    }
  }

  return {
    work() {
      if (working) again = true;
      working ??= workAll();
      return working;
    },
    stop() {
      stopping = true;
    },
  };
}

interface Sending extends SenderParts {
  readonly door: Door;
  isStopping(): boolean;
}

interface Written {
  readonly message: ClaimedMessage;
  readonly letter: Extract<Letter, { to: string }>;
  readonly now: Instant;
  readonly unsubscribe_url: string | undefined;
}

async function sendBatch(sending: Sending, claim: Claim, now: Instant): Promise<void> {
  const live = sending.live();
  const asksForSent = live.project.memory.by_event.has('message_sent');
  const marker = createMarker(sending.store, claim.token, asksForSent);
  const tell = async (mark: MessageMark): Promise<void> => {
    if (await insist(() => marker.mark(mark))) sending.onMark?.(mark);
  };
  const told: Promise<void>[] = [];
  const written: Written[] = [];
  for (const message of claim.messages) {
    const moment = momentOf(sending.clock, message, now);
    const url = message.purpose === 'promotion' ? sending.links.unsubscribeUrl(message.id) : undefined;
    const letter = writeLetter(message, live, moment, url, sending.links.surveyUrl(message.id));
    if ('held_back' in letter)
      told.push(tell({ id: message.id, state: 'suppressed', at: moment, because: letter.held_back }));
    else written.push({ message, letter, now: moment, unsubscribe_url: url });
  }
  const rendered = await sending.renderer.renderBatch(written.map(({ letter }) => letter.job));
  const handed = written.map((one, index) =>
    sending.door.through(async () => {
      const mark = await handOver(sending, marker, live, one, rendered[index] as Rendered);
      told.push(tell(mark));
    }),
  );
  await allDone(handed);
  await allDone(told);
}

/** A replay sends at the moment at which a message was owed, and again when its clock has come to a later attempt. */
function momentOf(clock: Clock, { attempts, owed_at }: ClaimedMessage, now: Instant): Instant {
  return clock.moved && attempts === 1 ? owed_at : now;
}

/** One that fails never leaves the others behind unwatched. */
async function allDone(list: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(list);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** For a moment the database may be away; what the receiver said must not be lost for that. */
export async function insist<T>(write: () => Promise<T>): Promise<T> {
  for (const wait of WAITS) {
    try {
      return await write();
    } catch {
      await sleep(wait);
    }
  }
  return write();
}

/** In all less than a claim lasts while a message is handed over. */
const WAITS = [100, 500, 2000, 5000, 10_000, 15_000];

async function handOver(
  { channels, store, isStopping }: Sending,
  marker: Marker,
  live: LiveProject,
  { message, letter, now, unsubscribe_url }: Written,
  rendered: Rendered,
): Promise<MessageMark> {
  const at = now;
  const { id } = message;
  if (!rendered.ok) return { id, state: 'refused', at, because: templateFailed(rendered.reason) };
  const channel = channels.get(message.channel);
  if (!channel) return { id, state: 'suppressed', at, because: NO_CHANNEL };
  if (isStopping()) return { id, state: 'owed', at };
  const parcel = parcelOf(message, letter, rendered, live, now, unsubscribe_url);
  const tone = { tone: letter.tone.tone, because: letter.tone.because };
  const handing_over: MessageMark = {
    id,
    state: 'handing_over',
    at,
    tone,
    subject: parcel.subject,
    address: letter.to,
  };
  const delivery = await channel.deliver(parcel, () => marker.mark(handing_over));
  if (delivery.outcome === 'refused' && delivery.fault === 'address') {
    await insist(() => store.suppress(message.channel, letter.to, delivery.response.slice(0, 200), at));
  }
  return { id, at, ...became(message, delivery, now) };
}

function became(message: ClaimedMessage, delivery: Delivery, now: Instant): Omit<MessageMark, 'id' | 'at'> {
  const { response } = delivery;
  switch (delivery.outcome) {
    case 'accepted':
      return { state: 'sent', response };
    case 'refused':
      return { state: 'refused', response, because: refusedBy(response) };
    case 'deferred': {
      const due_at = nextAttempt(message.attempts, message.owed_at, now, message.id);
      if (due_at === undefined) return { state: 'refused', response, because: GAVE_UP };
      return { state: 'deferred', response, due_at };
    }
    case 'uncertain':
      return message.purpose === 'service' && !message.uncertain_before
        ? { state: 'deferred', response, due_at: now + FIRST_RETRY, because: UNCERTAIN }
        : { state: 'uncertain', response, because: UNCERTAIN };
  }
}

const FIRST_RETRY = 60_000;
const NO_CHANNEL = reason('this channel is not set up here', 'este canal no está configurado aquí');
const GAVE_UP = reason(
  'the receiver put it off for four days',
  'el destinatario lo aplazó durante cuatro días',
);
const UNCERTAIN = reason(
  'the connection ended after the whole message had gone out; the receiver may or may not have it',
  'la conexión terminó cuando ya había salido todo el mensaje; quizá el destinatario lo tenga, quizá no',
);

function templateFailed(why: string): Reason {
  return reason(`the words could not be made: ${why}`, `no se pudieron componer los textos: ${why}`);
}

function refusedBy(response: string): Reason {
  return reason(`the receiver refused it: ${response}`, `el destinatario lo rechazó: ${response}`);
}
