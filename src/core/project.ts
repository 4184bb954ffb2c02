import type { MemoryPlan } from './contacts/memory.ts';
import type { MapPlan } from './map/plan.ts';
import type { Jurisdiction } from './messages/jurisdiction.ts';
import type { Limits } from './messages/may-send.ts';
import type { MessagePlan } from './messages/message.ts';
import type { Moods } from './messages/mood.ts';
import type { TonePlan } from './messages/tone.ts';
import type { Instant } from './events/event.ts';
import type { Notice } from './notices/notice.ts';
import type { Personas } from './segments/personas.ts';
import type { Segment } from './segments/segments.ts';
import type { StagePlan } from './stages/stages.ts';
import type { Calendar } from './time/calendar.ts';
import type { Duration } from './time/duration.ts';
import type { Workflow } from './workflows/workflow.ts';

/** Everything that a marketer's files say, made ready to decide with. */
export interface Project {
  /** First is the default. */
  readonly languages: readonly string[];
  /** IANA zone of contacts whose own is not known. */
  readonly time_zone: string;
  readonly limits: Limits;
  /** Whether a yes to promotions counts only once it was confirmed from the address itself. */
  readonly double_opt_in: boolean;
  /** In whose hours promotions may go; none: at any time. */
  readonly jurisdictions: readonly Jurisdiction[];
  /** Events and moments older than this update the profile, and start nothing. */
  readonly ignore_triggers_older_than: Duration;
  /** Names everything that decides, and none of the words: contacts decided by other rules are decided anew. */
  readonly rules: string;
  /** Since when these rules hold. What they change up to then starts nothing. */
  readonly live_since: Instant;
  readonly stages: StagePlan;
  readonly segments: readonly Segment[];
  readonly personas: Personas;
  readonly moods: Moods;
  readonly tone: TonePlan;
  readonly notices: readonly Notice[];
  readonly calendars: Readonly<Record<string, Calendar>>;
  readonly messages: Readonly<Record<string, MessagePlan>>;
  /** The deployed workflows, by id. */
  readonly workflows: ReadonlyMap<string, Workflow>;
  /** The version that a run entered; undefined when it is not known any more. */
  version(workflow: string, version: string): Workflow | undefined;
  /** The variant that has won an `ab_test`, by `workflow/step`. */
  readonly winners: Readonly<Record<string, string>>;
  readonly memory: MemoryPlan;
  readonly map: MapPlan;
}
