/**
 * Whom a notice is told: a workflow of its own, so that everything that holds for messages of workflows holds for it.
 * Each contact is told each occurrence once.
 */
import type { Answer, Facts, Question } from '../conditions/answer.ts';
import { allOf } from '../conditions/combine.ts';
import type { Instant } from '../events/event.ts';
import type { Purpose } from '../messages/message.ts';
import { reason } from '../reason.ts';
import { compileWorkflow, type Around, type WorkflowSource } from '../workflows/compile.ts';
import type { StepSource } from '../workflows/verb.ts';
import type { Run } from '../workflows/run.ts';
import type { Trigger, Workflow } from '../workflows/workflow.ts';
import { tellingMoment, type Notice, type Occurrence } from './notice.ts';
import { AT_ONCE, type NoticeSource } from './source.ts';

/** No workflow of a file can have an id with a colon. */
const PREFIX = 'notice:';

export function isOfNotice(workflow: string): boolean {
  return workflow.startsWith(PREFIX);
}

type Tell = NonNullable<NoticeSource['tell']>;

export interface Telling {
  readonly tell: Tell;
  /** Of the message. */
  readonly purpose: Purpose;
  readonly version: string;
}

export function tellingWorkflow(
  notice: Notice,
  { tell, purpose, version }: Telling,
  around: Around,
): Workflow {
  const { segment, template } = tell;
  const step: StepSource & { readonly send_email: string } = { verb: 'send_email', send_email: template };
  const source: WorkflowSource = {
    version: 1,
    workflow: `${PREFIX}${notice.id}`,
    ...{ status: 'live', purpose, priority: 'normal', when_edited: 'finish_old', moved_to: {}, holdout: 0 },
    enter_when: { by: 'hand' },
    only_if: { subject: 'segment', segment: [segment] },
    re_enter: { per: 'occurrence' },
    steps: [step],
  };
  const workflow = compileWorkflow(source, version, around);
  const trigger =
    tell.when === AT_ONCE ? whileItIsOn(notice, tell, workflow.only_if) : soLongBefore(notice, tell);
  return { ...workflow, trigger };
}

/** From its beginning to its end: whoever is in the segment then, or comes into it. */
function whileItIsOn(notice: Notice, { at: time }: Tell, in_segment: Question): Trigger {
  const window = (facts: Facts): Occurrence | undefined =>
    notice.occurrences.find(
      (one) => tellingMoment(one, null, time, facts.zone) <= facts.now && facts.now < one.to,
    );
  const is_on: Question = {
    answer(facts): Answer {
      const open = window(facts);
      if (open) return { holds: true, until: open.to };
      const begins = notice.occurrences.map((one) => tellingMoment(one, null, time, facts.zone));
      return { holds: false, until: Math.min(...begins.filter((moment) => moment > facts.now)) };
    },
    because: (facts) =>
      window(facts)
        ? reason(`the notice ${notice.id} is on`, `el aviso ${notice.id} está vigente`)
        : reason(`the notice ${notice.id} is not on`, `el aviso ${notice.id} no está vigente`),
    memory: [],
    looks_at: 0,
  };
  return {
    by: 'condition',
    when: allOf([is_on, in_segment]),
    about: (facts) => told(notice, window(facts)),
  };
}

function soLongBefore(notice: Notice, { when, at: time }: Tell): Trigger {
  const length = when === AT_ONCE ? null : when;
  const momentOf = (one: Occurrence, zone: string): Instant => tellingMoment(one, length, time, zone);
  return {
    by: 'moment',
    looks_at: 0,
    next({ zone }, after) {
      const next = Math.min(
        ...notice.occurrences.map((one) => momentOf(one, zone)).filter((at) => at > after),
      );
      return next === Infinity ? undefined : next;
    },
    about: ({ zone }, fired) =>
      told(
        notice,
        notice.occurrences.find((one) => momentOf(one, zone) === fired),
      ),
  };
}

function told({ id }: Notice, occurrence: Occurrence | undefined): Run['event'] {
  if (!occurrence) return null;
  const { key } = occurrence;
  return { id: `${PREFIX}${id}/${key}`, name: NOTICE_TOLD, properties: { notice: id, occurrence: key } };
}

/** What a run of a notice begins with. No name from outside can be equal to it. */
const NOTICE_TOLD = 'notice:told';
