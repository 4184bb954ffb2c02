import type { Instant } from '../core/events/event.ts';
import { CANARY } from '../core/messages/machine.ts';
import { planOf } from '../core/messages/message.ts';
import { reason, type Reason } from '../core/reason.ts';
import {
  createCalm,
  heardIn,
  isFullTooOften,
  type Calm,
  type CalmParts,
  type Held,
  type Spared,
} from './calm.ts';
import { createDoor, type Door } from './door.ts';
import { insist } from './insist.ts';
import { parcelOf, writeLetter, type Letter, type LetterLinks } from './letter.ts';
import type { Links } from './links.ts';
import type { Live, LiveProject } from './live-project.ts';
import { createMarker, type Marker } from './marker.ts';
import type {
  Channel,
  Claim,
  ClaimedMark,
  ClaimedMessage,
  Clock,
  Delivery,
  MessageMark,
  Parcel,
  Rendered,
  Renderer,
  Store,
} from './ports.ts';
import { nextAttempt } from './retry.ts';
import { followLinks } from './track-links.ts';

export interface SenderParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly live: Live;
  readonly links: Links;
  readonly renderer: Renderer;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly calm: CalmParts;
  /** Hears what became of each message. */
  onMark?(mark: MessageMark): void;
  /** Hears when nothing more is to be sent. */
  onDone?(): void;
}

export interface Sender {
  /** Sends everything that is due; where it is at that already, resolves when all that is due has been claimed. */
  work(): Promise<void>;
  /** Lets what is being handed over come to its end, gives back what is not, and claims no more. */
  stop(): void;
}

const MESSAGES_PER_CLAIM = 100;
/** While some are handed over, the next are claimed and rendered. */
const MOST_IN_WORK = 340;
/** More than there are connections, so that none is idle; few, so that stopping takes no longer than two messages. */
const HANDED_OVER_AT_ONCE = 40;

export function createSender(parts: SenderParts): Sender {
  let stopping = false;
  let claiming: Promise<void> | undefined;
  let again = false;
  let is_waited_for = false;
  let broken: { readonly error: unknown } | undefined;
  const under_way = new Set<Promise<void>>();
  const load = createLoad();
  const door = createDoor(HANDED_OVER_AT_ONCE);
  const calm = createCalm(parts.calm, HANDED_OVER_AT_ONCE, () => stopping);
  const sending: Sending = {
    ...parts,
    marker: createMarker(
      (marks, sent) => parts.store.mark(marks, { sent, zone: parts.live().project.time_zone }),
      () => parts.live().project.memory.by_event.has('message_sent'),
    ),
    calm,
    door,
    load,
    isStopping: () => stopping,
  };

  async function claimUntilEmpty(): Promise<void> {
    try {
      while (!stopping && !broken) {
        // One slow receiver holds up its own messages, never the claim.
        await load.atMost(MOST_IN_WORK - MESSAGES_PER_CLAIM);
        if (stopping) return;
        again = false;
        const now = parts.clock.at(await parts.store.databaseNow());
        const claim = await parts.store.claim(now, MESSAGES_PER_CLAIM);
        if (claim.messages.length > 0) watch(sendBatch(sending, claim, now));
        else if (!again) return;
      }
    } finally {
      // In the same step as the last look at `again`, so that no ring is lost in between.
      claiming = undefined;
    }
  }

  function watch(batch: Promise<void>): void {
    const watched = batch
      .catch((error: unknown) => void (broken ??= { error }))
      .then(() => void under_way.delete(watched));
    under_way.add(watched);
  }

  /** Whoever rings meanwhile has the rest claimed, and does not wait. */
  async function waitForAll(): Promise<void> {
    if (is_waited_for) return;
    is_waited_for = true;
    try {
      while (under_way.size > 0) await Promise.all(under_way);
    } finally {
      is_waited_for = false;
    }
    parts.onDone?.();
  }

  /** Whoever hears of it, the next ring begins anew. */
  function throwBroken(): void {
    const failed = broken;
    broken = undefined;
    if (failed) throw failed.error;
  }

  return {
    async work() {
      again = true;
      claiming ??= claimUntilEmpty();
      try {
        await claiming;
      } finally {
        await waitForAll();
      }
      throwBroken();
    },
    stop() {
      stopping = true;
      calm.callAll();
    },
  };
}

/** How many messages are claimed and have not come to their end. */
interface Load {
  add(messages: number): void;
  /** Resolves when there are no more than so many. */
  atMost(messages: number): Promise<void>;
}

function createLoad(): Load {
  let messages = 0;
  let changed: () => void = () => undefined;
  return {
    add(more) {
      messages += more;
      changed();
    },
    async atMost(most) {
      while (messages > most) await new Promise<void>((resolve) => (changed = resolve));
    },
  };
}

interface Sending extends Omit<SenderParts, 'calm'> {
  readonly marker: Marker;
  readonly calm: Calm;
  readonly door: Door;
  readonly load: Load;
  isStopping(): boolean;
}

interface Batch {
  /** Names the claim. */
  readonly token: string;
  readonly live: LiveProject;
  /** What time it is by the engine's clock, which a replay has standing still but for the time that servers take. */
  time(): Instant;
  tell(mark: MessageMark): Promise<void>;
  putBack(mark: MessageMark): Promise<void>;
}

interface Written {
  readonly message: ClaimedMessage;
  readonly letter: Extract<Letter, { to: string }>;
  readonly now: Instant;
  readonly links: LetterLinks;
}

async function sendBatch(sending: Sending, claim: Claim, now: Instant): Promise<void> {
  let left = claim.messages.length;
  sending.load.add(left);
  const end = (messages = 1): void => {
    if (left === 0) return;
    left -= messages;
    sending.load.add(-messages);
  };
  try {
    await insist(() => sending.calm.refresh(now));
    const waited = await takeUp(sending, claim);
    const batch = openBatch(sending, claim, now);
    const told: Promise<void>[] = [];
    const written: Written[] = [];
    for (const message of claim.messages) {
      const has_waited = waited.has(message.id);
      const moment = has_waited ? now : momentOf(sending.clock, message, now);
      const one = writeOne(sending, batch.live, has_waited ? notInDoubt(message) : message, moment);
      const mark = 'letter' in one ? putBackUnwritten(sending, batch, one) : putDown(batch, one);
      if (mark) told.push(mark.finally(() => end()));
      else if ('letter' in one) written.push(one);
    }
    const rendering = sending.renderer.render(written.map(({ letter }) => letter.job));
    const sent = written.map((one, index) =>
      sendOne(sending, batch, one, rendering[index] as Promise<Rendered>).finally(() => end()),
    );
    await allDone([...told, ...sent]);
  } finally {
    end(left);
  }
}

const NONE: ReadonlySet<string> = new Set();

function takeUp(
  { calm }: Sending,
  { token, messages }: Claim,
): Promise<ReadonlySet<string>> | ReadonlySet<string> {
  // Only what once waited, or was in doubt, has a reason noted.
  return messages.some((one) => one.uncertain_before) ? calm.book.takeUp(token) : NONE;
}

function notInDoubt(message: ClaimedMessage): ClaimedMessage {
  return { ...message, uncertain_before: false };
}

function openBatch({ marker, calm, live, onMark }: Sending, { token }: Claim, now: Instant): Batch {
  const began = performance.now();
  const giver = createGiver((marks) => calm.book.putBack(token, marks));
  const tellBy = async (by: Marker, mark: MessageMark): Promise<void> => {
    if (await insist(() => by.mark({ ...mark, claim: token }))) onMark?.(mark);
  };
  return {
    token,
    live: live(),
    time: () => now + Math.round(performance.now() - began),
    tell: (mark) => tellBy(marker, mark),
    putBack: (mark) => tellBy(giver, mark),
  };
}

/** Gives back those of one claim. */
function createGiver(putBack: (marks: readonly MessageMark[]) => Promise<ReadonlySet<string>>): Marker {
  const write = async (marks: readonly MessageMark[]): Promise<ReadonlySet<number>> => {
    const ids = await putBack(marks);
    return new Set(marks.flatMap(({ id }, place) => (ids.has(id) ? [place] : [])));
  };
  return createMarker(write, () => false);
}

function writeOne(
  { links }: Sending,
  live: LiveProject,
  message: ClaimedMessage,
  now: Instant,
): Written | Unwritten {
  const pages = linksOf(links, message);
  const letter = writeLetter(message, live, now, pages);
  if ('held_back' in letter)
    return { mark: { id: message.id, state: 'suppressed', at: now, because: letter.held_back } };
  if ('wait' in letter) return { put_back: waiting(message, letter.wait, now) };
  return { message, letter, now, links: pages };
}

function linksOf(links: Links, { id, purpose }: ClaimedMessage): LetterLinks {
  return {
    unsubscribe_url: purpose === 'promotion' ? links.unsubscribeUrl(id) : undefined,
    preferences_url: links.preferencesUrl(id),
    confirm_url: links.confirmUrl(id),
    survey_url: links.surveyUrl(id),
  };
}

type Unwritten = { readonly mark: MessageMark } | { readonly put_back: MessageMark };

function putDown(batch: Batch, one: Unwritten): Promise<void> {
  return 'mark' in one ? batch.tell(one.mark) : batch.putBack(one.put_back);
}

/** Where nothing may go now, no words need to be made. */
function putBackUnwritten(
  { calm }: Sending,
  batch: Batch,
  { message, letter }: Written,
): Promise<void> | undefined {
  const held = calm.stopped(message, batch.time()) ?? calm.heldBack(placeOf(message, letter), batch.time());
  return held && batch.putBack(waiting(message, held, batch.time()));
}

function waiting({ id }: ClaimedMessage, { until, because }: Held, at: Instant): MessageMark {
  return { id, state: 'deferred', at, due_at: until, because };
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

async function sendOne(
  sending: Sending,
  batch: Batch,
  one: Written,
  rendering: Promise<Rendered>,
): Promise<void> {
  const { calm, door } = sending;
  const { message, letter, now } = one;
  const { id } = message;
  const rendered = await rendering;
  if (!rendered.ok)
    return batch.tell({
      id,
      state: 'refused',
      at: now,
      because: templateFailed(rendered.reason),
    });
  const channel = sending.channels.get(message.channel);
  if (!channel)
    return batch.tell({
      id,
      state: 'suppressed',
      at: now,
      because: NO_CHANNEL,
    });
  const held = await calm.admit(placeOf(message, letter), message, () => batch.time());
  if (held) return batch.putBack(waiting(message, held, batch.time()));
  const followed = tracked(sending, batch, one, rendered);
  const parcel = parcelOf(message, letter, followed, batch.live, now, one.links.unsubscribe_url);
  const delivery = await door.through(() => handOver(sending, batch, one, channel, parcel, followed.links));
  if (!delivery) return batch.tell({ id, state: 'owed', at: now });
  const spared = await calm.heardOf(delivery, placeOf(message, letter), message, batch.time());
  if (spared.waits) {
    const mark = waiting(message, spared.waits, batch.time());
    return batch.putBack({ ...mark, response: delivery.response });
  }
  await suppressIfGone(sending, one, delivery, spared);
  return batch.tell({ id, at: now, ...became(message, delivery, now, spared) });
}

/** Where it goes as seen from here: other channels than e-mail have one receiver, who passes it on. */
function placeOf({ channel }: ClaimedMessage, { to }: Written['letter']): string {
  return channel === 'email' ? to : channel;
}

type Ready = Extract<Rendered, { ok: true }> & { readonly links?: readonly string[] };

/** Promotions tell who opened and clicked them, where the project asks for it. */
function tracked(
  { links }: Sending,
  { live }: Batch,
  { message, links: pages }: Written,
  rendered: Extract<Rendered, { ok: true }>,
): Ready {
  const { id, channel, purpose } = message;
  // Long addresses cost the reader of a text message more than they tell us.
  if (channel !== 'email' || purpose !== 'promotion' || !live.settings.track_opens_and_clicks)
    return rendered;
  const left_alone = new Set(
    Object.values<string | undefined>({ ...pages }).filter((url) => url !== undefined),
  );
  const followed = followLinks(rendered, {
    urlOf: (number) => links.clickUrl(id, number),
    pixel_url: links.pixelUrl(id),
    canary_url: links.clickUrl(id, CANARY),
    left_alone,
  });
  return { ...rendered, ...followed };
}

/** Undefined where it was not tried, because the process ends. */
async function handOver(
  { calm, marker, isStopping }: Sending,
  { token, time, live }: Batch,
  { message, letter, now }: Written,
  channel: Channel,
  parcel: Parcel,
  links: readonly string[] | undefined,
): Promise<Delivery | undefined> {
  if (isStopping()) return undefined;
  const handing_over: ClaimedMark = {
    id: message.id,
    claim: token,
    state: 'handing_over',
    at: now,
    tone: { tone: letter.tone.tone, because: letter.tone.because },
    ...(parcel.subject === '' ? {} : { subject: parcel.subject }),
    address: letter.to,
    ...topicOf(live, message),
    ...(links ? { links } : {}),
  };
  const began = time();
  const delivery = await channel.deliver(parcel, () => marker.mark(handing_over));
  calm.leave(placeOf(message, letter), heardIn(delivery), time(), time() - began);
  return delivery;
}

function topicOf({ project }: LiveProject, { message }: ClaimedMessage): { readonly topic?: string } {
  const { topic } = planOf(project.messages, message);
  return topic === null ? {} : { topic };
}

async function suppressIfGone(
  { store }: Sending,
  { message, letter, now }: Written,
  delivery: Delivery,
  spared: Spared,
): Promise<void> {
  const is_gone = delivery.outcome === 'refused' && delivery.fault === 'address';
  if (!is_gone && !isFullTooOften(spared)) return;
  await insist(() => store.suppress(message.channel, letter.to, delivery.response.slice(0, 200), now));
}

function became(
  message: ClaimedMessage,
  delivery: Delivery,
  now: Instant,
  spared: Spared,
): Omit<MessageMark, 'id' | 'at'> {
  const { response } = delivery;
  switch (delivery.outcome) {
    case 'accepted':
      return { state: 'sent', response };
    case 'refused':
      return { state: 'refused', response, because: refusedBy(response) };
    case 'deferred': {
      if (isFullTooOften(spared)) return { state: 'refused', response, because: FULL_TOO_OFTEN };
      const next = nextAttempt(message.attempts, message.owed_at, now, message.id);
      if (next === undefined) return { state: 'refused', response, because: GAVE_UP };
      return {
        state: 'deferred',
        response,
        due_at: Math.max(next, spared.until ?? next, now + (delivery.wait ?? 0)),
      };
    }
    case 'uncertain':
      return message.purpose === 'service' && !message.uncertain_before
        ? {
            state: 'deferred',
            response,
            due_at: now + FIRST_RETRY,
            because: UNCERTAIN,
          }
        : { state: 'uncertain', response, because: UNCERTAIN };
  }
}

const FIRST_RETRY = 60_000;
const NO_CHANNEL = reason('this channel is not set up here', 'este canal no está configurado aquí');
const GAVE_UP = reason(
  'the receiver put it off for four days',
  'el destinatario lo aplazó durante cuatro días',
);
const FULL_TOO_OFTEN = reason(
  'the mailbox was full or resting for the third time in thirty days; nothing more goes there',
  'el buzón estaba lleno o inactivo por tercera vez en treinta días; no se le envía nada más',
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
