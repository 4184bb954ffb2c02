import { createHash } from 'node:crypto';
import type { Instant } from '../core/events/event.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { HOUR, MINUTE } from '../core/time/date.ts';
import type { CallSpec } from '../core/workflows/step.ts';
import { callContext, fieldValues } from './letter.ts';
import type { Live, LiveProject } from './live-project.ts';
import type {
  Bell,
  CallClaim,
  CallMark,
  Channel,
  ClaimedCall,
  Clock,
  Delivery,
  Parcel,
  Renderer,
  Store,
  Webhook,
  WebhookAnswer,
} from './ports.ts';
import { nextAttempt } from './retry.ts';
import { insist } from './insist.ts';
import type { Sender } from './send.ts';

/** Makes the calls of runs: tells the shop's own people, and other systems. */
export interface CallerParts {
  readonly store: Store;
  readonly bell: Bell;
  readonly clock: Clock;
  readonly live: Live;
  readonly renderer: Renderer;
  readonly channels: ReadonlyMap<string, Channel>;
  /** Absent where other systems must hear of nothing, as in a replay: every call then counts as answered with nothing. */
  readonly webhook?: Webhook | undefined;
  /** Hears what became of each call. */
  onCall?(mark: CallMark): void;
  /** Hears when no call is due any more. */
  onDone?(): void;
}

/** More than wait for one slow system, so that the others' calls go on; few, as each is a connection of its own. */
const CALLS_AT_ONCE = 40;

/** `work` makes all calls that are due; where it is at that already, it looks once more and nobody waits for it. */
export function createCaller(parts: CallerParts): Sender {
  let stopping = false;
  let working = false;
  let again = false;
  let rouse: () => void = () => undefined;
  const calling: Calling = { ...parts, isStopping: () => stopping };

  async function callUntilNoneIsDue(): Promise<void> {
    const under_way = new Set<Promise<void>>();
    let broken: { readonly error: unknown } | undefined;
    const watch = (call: Promise<void>): void => {
      const watched = call
        .catch((error: unknown) => (broken ??= { error }))
        .then(() => void under_way.delete(watched));
      under_way.add(watched);
    };
    while (!stopping && !broken) {
      again = false;
      const now = parts.clock.at(await parts.store.databaseNow());
      const claim = await parts.store.claimCalls(now, CALLS_AT_ONCE - under_way.size);
      for (const call of claim.calls) watch(makeCall(calling, claim, call, now));
      if (under_way.size === CALLS_AT_ONCE) await Promise.race(under_way);
      else if (again || claim.calls.length > 0) continue;
      else if (under_way.size === 0) break;
      else await Promise.race([...under_way, new Promise<void>((resolve) => (rouse = resolve))]);
    }
    await Promise.all(under_way);
    if (broken) throw broken.error;
  }

  return {
    async work() {
      again = true;
      rouse();
      if (working) return;
      working = true;
      try {
        do await callUntilNoneIsDue();
        while (again && !stopping);
      } finally {
        // In the same step as the last look at `again`, so that no ring is lost in between.
        working = false;
        parts.onDone?.();
      }
    },
    stop() {
      stopping = true;
    },
  };
}

/** One bell for both: messages first; while calls are waited for, the next ring sends on. */
export function sendThenCall(sender: Sender, caller: Sender): Sender {
  return {
    async work() {
      try {
        await sender.work();
      } finally {
        await caller.work();
      }
    },
    stop() {
      sender.stop();
      caller.stop();
    },
  };
}

interface Calling extends CallerParts {
  isStopping(): boolean;
}

async function makeCall(calling: Calling, claim: CallClaim, call: ClaimedCall, now: Instant): Promise<void> {
  const { store, bell, clock } = calling;
  // A replay calls at the moment at which a call was owed, and again when its clock has come to a later attempt.
  const at = clock.moved && call.attempts === 1 ? call.owed_at : now;
  const began = performance.now();
  const outcome = await outcomeOf(calling, claim, call, at);
  if (!outcome) return;
  const ended = clock.moved ? at : at + Math.round(performance.now() - began);
  const mark = markOf(call.id, outcome, ended);
  const partitions = await insist(() => store.markCall(claim.token, mark));
  if (!partitions) return;
  bell.ringTurns(partitions);
  calling.onCall?.(mark);
}

function markOf(id: string, outcome: Outcome, at: Instant): CallMark {
  if (outcome.state !== 'owed') return { id, at, ...outcome };
  const { state, response, wait } = outcome;
  return { id, at, state, response, due_at: at + wait };
}

type Outcome =
  /** To be tried again after so many milliseconds. */
  | { readonly state: 'owed'; readonly wait: number; readonly response: string }
  | { readonly state: 'done'; readonly answer: Json; readonly response: string }
  | { readonly state: 'failed'; readonly response: string };

/** Undefined where the claim is no longer ours: whoever holds it by now writes what became of the call. */
async function outcomeOf(
  calling: Calling,
  claim: CallClaim,
  call: ClaimedCall,
  at: Instant,
): Promise<Outcome | undefined> {
  if (calling.isStopping()) return { state: 'owed', wait: 0, response: 'put off: the process was ending' };
  const hold = (): Promise<boolean> => calling.store.holdCall(claim.token, call.id);
  const { spec } = call;
  const live = calling.live();
  const context = callContext(call, live, at);
  if (spec.kind === 'team') return tellTeam(calling, { call, live, context, at, hold }, spec);
  return callWebhook(calling, { call, live, context, at, hold }, spec, claim.database_now);
}

interface Making {
  readonly call: ClaimedCall;
  readonly live: LiveProject;
  /** What the words may speak of. */
  readonly context: JsonObject;
  readonly at: Instant;
  /** Whether the claim is still ours. */
  hold(): Promise<boolean>;
}

async function callWebhook(
  { webhook, renderer }: Calling,
  { call, live, context, at, hold }: Making,
  spec: Extract<CallSpec, { kind: 'webhook' }>,
  database_now: Instant,
): Promise<Outcome | undefined> {
  const deadline = call.owed_at + spec.keep_trying_ms;
  if (at > deadline + LATE) return failed('its time was over before it could be made');
  if (!webhook) return { state: 'done', answer: null, response: KEPT_IN_THE_HOUSE };
  const body = await bodyOf(renderer, spec, call, context, live);
  if (!body.ok) return failed(`its words could not be made: ${body.reason}`);
  if (body.text !== null && Buffer.byteLength(body.text) > MOST_SENT)
    return failed(`its body is larger than ${MOST_SENT / 1024} KB; write less into "body"`);
  if (!(await hold())) return undefined;
  const { url, method, headers } = spec;
  const { id, attempts } = call;
  const answer = await webhook.call({ id, url, method, headers, body: body.text, at: database_now });
  return afterAnswer(answer, attempts, at, deadline);
}

/** As long as the run still waits for the answer. */
const LATE = 5 * 60_000;
const MOST_SENT = 256 * 1024;
const KEPT_IN_THE_HOUSE = 'kept in the house';

function failed(response: string): Outcome {
  return { state: 'failed', response };
}

function afterAnswer(answer: WebhookAnswer, attempts: number, at: Instant, deadline: Instant): Outcome {
  const { response } = answer;
  if (answer.outcome === 'answered') return { state: 'done', answer: answer.answer, response };
  if (answer.outcome === 'refused') return failed(response);
  const wait = waitAfter(attempts, answer.retry_after);
  if (at + wait <= deadline) return { state: 'owed', wait, response };
  return failed(attempts === 1 ? response : `${response}; it was tried ${attempts} times`);
}

const INTERVALS = [10_000, MINUTE, 5 * MINUTE, 15 * MINUTE];
const LONGEST_WAIT = HOUR;

/** The other side may ask for more time than that, but not for any. */
function waitAfter(attempts: number, retry_after: number | null): number {
  const interval = INTERVALS[Math.min(attempts, INTERVALS.length) - 1] ?? MINUTE;
  return Math.max(interval, Math.min(retry_after ?? 0, LONGEST_WAIT));
}

type Words = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };
type Body = { readonly ok: true; readonly text: string | null } | Extract<Words, { ok: false }>;

async function bodyOf(
  renderer: Renderer,
  spec: Extract<CallSpec, { kind: 'webhook' }>,
  call: ClaimedCall,
  context: JsonObject,
  live: LiveProject,
): Promise<Body> {
  if (spec.method === 'GET') return { ok: true, text: null };
  if (spec.body === null) return { ok: true, text: JSON.stringify(plainBody(call)) };
  const texts = [...new Set(templatesIn(spec.body))];
  const rendered = await renderTexts(renderer, texts, context, live);
  const words = new Map<string, string>();
  for (const [index, one] of rendered.entries()) {
    if (!one.ok) return one;
    words.set(texts[index] as string, one.text);
  }
  return { ok: true, text: JSON.stringify(spoken(spec.body, words)) };
}

/** What another system is told where the step says nothing itself. */
function plainBody({ id, contact, user_ids, event, workflow, run, step }: ClaimedCall): JsonObject {
  return {
    id,
    workflow,
    run,
    step,
    event,
    contact: {
      id: contact.id,
      user_ids,
      fields: fieldValues(contact),
      stage: contact.stage,
      segments: Object.keys(contact.segments),
      persona: contact.persona,
    },
  };
}

function templatesIn(value: Json): readonly string[] {
  if (typeof value === 'string') return value.includes('{{') ? [value] : [];
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(templatesIn);
  return isJsonObject(value) ? Object.values(value).flatMap(templatesIn) : [];
}

function spoken(value: Json, words: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') return words.get(value) ?? value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => spoken(one, words));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, spoken(one, words)]));
}

/** Handlebars texts outside of messages, as plain text. */
async function renderTexts(
  renderer: Renderer,
  texts: readonly string[],
  context: JsonObject,
  live: LiveProject,
): Promise<readonly Words[]> {
  const jobs = texts.map((text) => ({
    key: `${live.hash}/text/${createHash('sha256').update(text).digest('hex')}`,
    templates: { subject: '', html: '', text, preheader: '', greeting: '', sign_off: '' },
    context,
  }));
  return renderer.renderBatch(jobs);
}

async function tellTeam(
  { channels, renderer }: Calling,
  { call, live, context, at, hold }: Making,
  spec: Extract<CallSpec, { kind: 'team' }>,
): Promise<Outcome | undefined> {
  const channel = channels.get('email');
  if (!channel) return failed('the channel "email" is not set up here');
  const [words] = await renderTexts(renderer, [spec.text], context, live);
  if (!words?.ok) return failed(`its words could not be made: ${words?.reason ?? 'no answer'}`);
  if (!(await hold())) return undefined;
  const parcel = teamParcel(call, spec.to, words.text, live, at);
  return afterDelivery(await channel.deliver(parcel, hold), call, at);
}

function teamParcel(
  call: ClaimedCall,
  to: string | null,
  text: string,
  live: LiveProject,
  at: Instant,
): Parcel {
  const { from, team, reply_to, languages } = live.settings;
  return {
    id: call.id,
    to: to ?? team?.email ?? reply_to ?? from.email,
    from,
    reply_to: undefined,
    subject: `${titleOf(live, call.workflow)}: ${text.split('\n')[0] ?? ''}`.slice(0, LONGEST_SUBJECT),
    html: plainHtml(text),
    text,
    date: at,
    language: languages[0] ?? 'en',
    headers: { 'X-Etapa-Workflow': call.workflow },
    unsubscribe_url: undefined,
  };
}

const LONGEST_SUBJECT = 150;

function titleOf({ workflow_sources, settings }: LiveProject, workflow: string): string {
  const title = workflow_sources.find(({ id }) => id === workflow)?.source.title ?? workflow;
  return typeof title === 'string' ? title : (title[settings.languages[0] ?? 'en'] ?? workflow);
}

/** Plain words as HTML, for mails to our own people. */
export function plainHtml(text: string): string {
  const paragraphs = text.split(/\n{2,}/).map((one) => `<p>${escape(one).replaceAll('\n', '<br>')}</p>`);
  return `<!doctype html><html><meta charset="utf-8"><body>${paragraphs.join('\n')}</body></html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function afterDelivery({ outcome, response }: Delivery, call: ClaimedCall, at: Instant): Outcome {
  if (outcome === 'accepted') return { state: 'done', answer: null, response };
  if (outcome === 'refused') return failed(`the mail server refused it: ${response}`);
  // It goes under the same Message-ID; but a server that never answers must not be sent one after the other.
  if (outcome === 'uncertain' && call.attempts > 1)
    return failed(
      `the connection ended after it had gone out, and the team may or may not have it: ${response}`,
    );
  const due_at = nextAttempt(call.attempts, call.owed_at, at, call.id);
  if (due_at === undefined) return failed(`the mail server put it off for four days: ${response}`);
  return { state: 'owed', wait: due_at - at, response };
}
