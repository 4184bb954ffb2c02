import type { Instant } from '../core/events/event.ts';
import { reason, type Reason } from '../core/reason.ts';
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
  /** Lets what has been claimed be handed over, and claims no more. */
  stop(): void;
}

const MESSAGES_PER_CLAIM = 100;
/** While one batch is handed over, the next is claimed and rendered. */
const BATCHES_AT_ONCE = 3;

export function createSender(parts: SenderParts): Sender {
  let stopping = false;
  let working: Promise<void> | undefined;
  let again = false;

  async function workAll(): Promise<void> {
    await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, claimUntilEmpty));
    if (again && !stopping) {
      again = false;
      await workAll();
    }
  }

  async function claimUntilEmpty(): Promise<void> {
    while (!stopping) {
      const now = parts.clock.at(await parts.store.databaseNow());
      const claim = await parts.store.claim(now, MESSAGES_PER_CLAIM);
      if (claim.messages.length === 0) return;
      await sendBatch(parts, claim, now);
    }
  }

  return {
    work() {
      if (working) again = true;
      working ??= workAll().finally(() => {
        working = undefined;
        parts.onDone?.();
      });
      return working;
    },
    stop() {
      stopping = true;
    },
  };
}

interface Written {
  readonly message: ClaimedMessage;
  readonly letter: Extract<Letter, { to: string }>;
  readonly now: Instant;
  readonly unsubscribe_url: string | undefined;
}

async function sendBatch(parts: SenderParts, claim: Claim, now: Instant): Promise<void> {
  const live = parts.live();
  const marker = createMarker(parts.store, claim.token);
  const tell = (mark: MessageMark): void => {
    void marker.mark(mark).then((written) => (written ? parts.onMark?.(mark) : undefined));
  };
  const written: Written[] = [];
  for (const message of claim.messages) {
    const moment = parts.clock.moved ? message.owed_at : now;
    const url = message.purpose === 'promotion' ? parts.links.unsubscribeUrl(message.id) : undefined;
    const letter = writeLetter(message, live, moment, url);
    if ('held_back' in letter)
      tell({ id: message.id, state: 'suppressed', at: moment, because: letter.held_back });
    else written.push({ message, letter, now: moment, unsubscribe_url: url });
  }
  const rendered = await parts.renderer.renderBatch(written.map(({ letter }) => letter.job));
  await Promise.all(
    written.map((one, index) => handOver(parts, marker, live, one, rendered[index] as Rendered, tell)),
  );
  await marker.settled();
}

async function handOver(
  { channels, store }: SenderParts,
  marker: Marker,
  live: LiveProject,
  { message, letter, now, unsubscribe_url }: Written,
  rendered: Rendered,
  tell: (mark: MessageMark) => void,
): Promise<void> {
  const at = now;
  const { id } = message;
  if (!rendered.ok) return tell({ id, state: 'refused', at, because: templateFailed(rendered.reason) });
  const channel = channels.get(message.channel);
  if (!channel) return tell({ id, state: 'suppressed', at, because: NO_CHANNEL });
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
    await store.suppress(message.channel, letter.to, delivery.response.slice(0, 200), at);
  }
  tell({ id, at, ...became(message, delivery, now) });
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
      return message.purpose === 'service' && message.attempts === 1
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
