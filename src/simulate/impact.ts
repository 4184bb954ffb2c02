/**
 * What a new version of a project would do to the people who are there: asked of the same `decide` that will do it, for
 * each contact as it stands now, before anything is deployed.
 */
import type { Contact } from '../core/contacts/contact.ts';
import type { Instant } from '../core/events/event.ts';
import type { Project } from '../core/project.ts';
import type { Reason } from '../core/reason.ts';
import { DAY } from '../core/time/date.ts';
import { live, type Life } from './live.ts';

/** A contact, remembering what the rules before ask for, and what those after ask for. */
export interface Affected {
  readonly before: Contact;
  readonly after: Contact;
}

/** So many people do this, or get this, by one version and by the other, in the next 24 hours. */
export interface Change {
  readonly id: string;
  readonly before: number;
  readonly after: number;
}

export interface Example {
  readonly contact_id: string;
  readonly because: Reason;
}

export interface MoveCount {
  readonly from: string;
  readonly to: string;
  readonly people: number;
  /** Of the first who move. */
  readonly examples: readonly Example[];
}

/** What changes because of the new version. Where only a share of the people was asked, counts are scaled up. */
export interface Impact {
  /** How many contacts there are, and how many of them were asked. */
  readonly people: number;
  readonly asked: number;
  /** Stage moves at the moment of going live. */
  readonly moves: readonly MoveCount[];
  readonly segments: readonly (Change & { readonly enter: number; readonly leave: number })[];
  /** Runs that end at once, by workflow and reason. */
  readonly ended_runs: readonly {
    readonly workflow: string;
    readonly because: Reason;
    readonly runs: number;
  }[];
  /** Messages that go out within 24 hours if nobody does anything, by `workflow / message`. */
  readonly messages: readonly Change[];
}

const AHEAD = DAY;
const MOST_EXAMPLES = 3;

/** Asks what becomes of people, one after the other. */
export function createImpact(before: Project, after: Project, now: Instant, people: number): ImpactCounter {
  const counting = new Counting();
  return {
    ask(affected) {
      counting.asked++;
      const old = live(affected.before, [], before, { from: now, until: now + AHEAD });
      const fresh = live(affected.after, [], after, { from: now, until: now + AHEAD });
      countMoves(counting, affected.after, fresh, now);
      countRuns(counting, fresh, now);
      for (const id of messagesIn(old)) add(counting.before, id);
      for (const id of messagesIn(fresh)) add(counting.after, id);
    },
    told: () => counting.told(people),
  };
}

export interface ImpactCounter {
  ask(affected: Affected): void;
  told(): Impact;
}

class Counting {
  asked = 0;
  readonly moves = new Map<string, { from: string; to: string; people: number; examples: Example[] }>();
  readonly segments = new Map<string, { before: number; after: number; enter: number; leave: number }>();
  readonly ended = new Map<string, { workflow: string; because: Reason; runs: number }>();
  readonly before = new Map<string, number>();
  readonly after = new Map<string, number>();

  told(people: number): Impact {
    const factor = this.asked === 0 ? 1 : people / this.asked;
    const scaled = (count: number): number => Math.round(count * factor);
    const ids = [...new Set([...this.before.keys(), ...this.after.keys()])].sort();
    return {
      people,
      asked: this.asked,
      moves: [...this.moves.values()]
        .map((move) => ({ ...move, people: scaled(move.people) }))
        .sort((a, b) => b.people - a.people),
      segments: [...this.segments]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([id, counts]) => ({
          id,
          before: scaled(counts.before),
          after: scaled(counts.after),
          enter: scaled(counts.enter),
          leave: scaled(counts.leave),
        })),
      ended_runs: [...this.ended.values()]
        .map((one) => ({ ...one, runs: scaled(one.runs) }))
        .sort((a, b) => b.runs - a.runs),
      messages: ids
        .map((id) => ({
          id,
          before: scaled(this.before.get(id) ?? 0),
          after: scaled(this.after.get(id) ?? 0),
        }))
        .filter((change) => change.before !== change.after),
    };
  }
}

function countMoves(
  counting: Counting,
  contact: Contact,
  { moves, segment_moves }: Life,
  now: Instant,
): void {
  for (const { from, to, at, because } of moves) {
    if (at > now) continue;
    const key = `${from} ${to}`;
    const known = counting.moves.get(key) ?? { from, to, people: 0, examples: [] };
    counting.moves.set(key, known);
    known.people++;
    if (known.examples.length < MOST_EXAMPLES) known.examples.push({ contact_id: contact.id, because });
  }
  for (const id of Object.keys(contact.segments)) segmentOf(counting, id).before++;
  const after = new Set(Object.keys(contact.segments));
  for (const { segment, way, at } of segment_moves) {
    if (at > now) continue;
    const counts = segmentOf(counting, segment);
    if (way === 'enters') counts.enter++;
    else counts.leave++;
    if (way === 'enters') after.add(segment);
    else after.delete(segment);
  }
  for (const id of after) segmentOf(counting, id).after++;
}

function segmentOf({ segments }: Counting, id: string) {
  const known = segments.get(id) ?? { before: 0, after: 0, enter: 0, leave: 0 };
  segments.set(id, known);
  return known;
}

function countRuns(counting: Counting, { runs }: Life, now: Instant): void {
  for (const { workflow, ended_at, ended_because } of runs) {
    if (ended_at === null || ended_at > now || !ended_because) continue;
    const key = `${workflow} ${ended_because.en}`;
    const known = counting.ended.get(key) ?? { workflow, because: ended_because, runs: 0 };
    counting.ended.set(key, known);
    known.runs++;
  }
}

function messagesIn({ messages }: Life): readonly string[] {
  return messages.flatMap(({ message }) =>
    message.held_back ? [] : [`${message.workflow} / ${message.message}`],
  );
}

function add(counts: Map<string, number>, id: string): void {
  counts.set(id, (counts.get(id) ?? 0) + 1);
}
