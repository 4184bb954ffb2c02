import type { Instant } from '../core/events/event.ts';
import type { Message } from '../core/messages/message.ts';
import type { Run } from '../core/workflows/run.ts';
import type { CallSpec } from '../core/workflows/step.ts';
import type { Scene } from './scene.ts';

/** One thing that happened, in words. */
export interface Told {
  readonly at: Instant;
  /** `Fri 2026-11-20 17:30 (+1 hour)`. */
  readonly when: string;
  readonly what: string;
}

/** Everything that happened in a scene, in its order; of one moment, what was given comes first. */
export function timelineOf(scene: Scene): readonly Told[] {
  const { life, given } = scene;
  const told: [Instant, string][] = [
    ...given.map(({ occurred_at, name }): [Instant, string] => [occurred_at, `given: ${name}`]),
    ...life.moves.map(({ at, from, to, because }): [Instant, string] => [
      at,
      `stage ${from} → ${to}: ${because.en}`,
    ]),
    ...life.segment_moves.map(({ at, segment, way, because }): [Instant, string] => [
      at,
      `${way} segment ${segment}: ${because.en}`,
    ]),
    ...life.runs.map((run): [Instant, string] => [run.entered_at, enteredWords(run)]),
    ...life.messages.map(({ message }): [Instant, string] => [message.owed_at, messageWords(message)]),
    ...life.calls.map(({ owed_at, spec }): [Instant, string] => [owed_at, callWords(spec)]),
    ...life.runs.flatMap((run): [Instant, string][] =>
      run.ended_at === null ? [] : [[run.ended_at, endWords(run)]],
    ),
  ];
  return told.sort(([a], [b]) => a - b).map(([at, what]) => ({ at, when: scene.words(at), what }));
}

function enteredWords({ workflow, held_out, because }: Run): string {
  return `enters ${workflow}${held_out ? ', held out' : ''}: ${because.en}`;
}

export function endWords({ workflow, outcome, ended_because }: Run): string {
  return `${workflow} ends ${outcome ?? ''}: ${ended_because?.en ?? ''}`;
}

export function messageWords({ message, channel, tone, held_back }: Message): string {
  return held_back ? `held back ${message}: ${held_back.en}` : `${channel} ${message}, tone ${tone}`;
}

export function callWords(spec: CallSpec): string {
  return spec.kind === 'team' ? `tells the team: ${spec.text}` : `calls ${spec.method} ${spec.url}`;
}
