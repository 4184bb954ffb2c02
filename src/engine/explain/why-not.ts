/** Why somebody did not get a message, or did not enter a workflow: from what is recorded, and from the rules. */
import type { Instant } from '../../core/events/event.ts';
import { holdBack } from '../../core/messages/may-send.ts';
import { planOf, type MessageState } from '../../core/messages/message.ts';
import { heldByNotice } from '../../core/notices/meanwhile.ts';
import { chooseTone } from '../../core/messages/tone.ts';
import { reason, type Reason } from '../../core/reason.ts';
import type { Run } from '../../core/workflows/run.ts';
import type { Workflow } from '../../core/workflows/workflow.ts';
import { UserError } from '../../errors.ts';
import type { LoadedProject } from '../../project/load.ts';
import type { RecordedMessage } from '../ports.ts';
import { stepsThatSend, usualChannel } from '../senders.ts';
import { attemptsOf, factsAt, type Attempt } from './attempts.ts';
import { finding, type Finding, type Looking } from './finding.ts';
import { gateOf } from './gates.ts';
import { notTriggered } from './not-triggered.ts';
import { recordsUntil, type Records } from './records.ts';
import { standOf } from './run-standing.ts';

export interface WhyNot {
  readonly asked: string;
  readonly of: 'message' | 'workflow';
  /** What weighs most comes first. */
  readonly findings: readonly Finding[];
}

/** @throws UserError where neither a message nor a workflow has this name. */
export function whyNot(asked: string, records: Records, loaded: LoadedProject, at: Instant): WhyNot {
  const { project } = loaded;
  const looking: Looking = { records: recordsUntil(records, at), all: records, loaded, at };
  if (Object.hasOwn(project.messages, asked)) {
    return { asked, of: 'message', findings: aboutMessage(asked, looking) };
  }
  const workflow = project.workflows.get(asked);
  if (workflow) return { asked, of: 'workflow', findings: aboutWorkflow(workflow, null, looking) };
  throw new UserError('no_such_name', `There is no message or workflow called "${asked}".`);
}

function aboutMessage(message: string, looking: Looking): readonly Finding[] {
  const { records, loaded } = looking;
  const recorded = records.messages.filter((one) => one.message === message).slice(-MOST_TOLD);
  const senders = [...loaded.project.workflows.values()].flatMap((workflow) => {
    const steps = stepsThatSend(workflow, message);
    return steps.length === 0 ? [] : [{ workflow, steps }];
  });
  const obstacle = obstacleNow(message, looking);
  return [
    ...recorded.reverse().map((one) => outcomeOf(one, looking.at)),
    ...(senders.length === 0 ? [finding('no_sender', NO_SENDER)] : []),
    ...senders.flatMap(({ workflow, steps }) => aboutWorkflow(workflow, { message, steps }, looking)),
    ...(obstacle ? [obstacle] : []),
  ];
}

const MOST_TOLD = 3;
const NO_SENDER = reason('no workflow sends it', 'ningún flujo lo envía');

function outcomeOf(message: RecordedMessage, at: Instant): Finding {
  const { workflow, owed_at, sent_at } = message;
  const was_sent = sent_at !== null && sent_at <= at;
  const state = sent_at !== null && !was_sent ? 'owed' : message.state;
  return finding(state, stateWords(message, state), { workflow, at: was_sent ? sent_at : owed_at });
}

function stateWords({ held_because, response }: RecordedMessage, state: MessageState): Reason {
  const because = held_because ?? reason(response ?? '', response ?? '');
  switch (state) {
    case 'sent':
      return reason('it was sent', 'se envió');
    case 'owed':
    case 'claimed':
    case 'handing_over':
      return reason(
        'it is on its way: owed, and not yet handed over',
        'está en camino: pendiente de entregar',
      );
    case 'deferred':
      if (response === null) return reason(`it waits: ${because.en}`, `está a la espera: ${because.es}`);
      return reason(
        `the receiving server said "not now", and it is tried again: ${because.en}`,
        `el servidor que lo recibe dijo «ahora no» y se reintenta: ${because.es}`,
      );
    case 'suppressed':
      return reason(`it was held back: ${because.en}`, `se retuvo: ${because.es}`);
    case 'refused':
      return reason(`it was refused: ${because.en}`, `fue rechazado: ${because.es}`);
    case 'uncertain':
      return reason(
        `whether it arrived is uncertain: ${because.en}`,
        `no es seguro que haya llegado: ${because.es}`,
      );
  }
}

/** What would stand against the message if a step sent it at this moment. */
function obstacleNow(message: string, { all, loaded, at }: Looking): Finding | undefined {
  const { project } = loaded;
  const plan = planOf(project.messages, message);
  const facts = factsAt(all, project, at);
  const mood = project.moods.of(facts);
  const channel = usualChannel(project.workflows.values(), message);
  const tone = chooseTone(project.tone, channel, facts.contact, mood);
  const sending = {
    ...{ purpose: plan.purpose, plan, channel, tone },
    ...{ mood: mood.mood, now: at, zone: facts.zone },
  } as const;
  const because =
    holdBack(facts.contact, sending, project) ??
    heldByNotice(project.notices, { message, purpose: sending.purpose, event: {} }, at);
  if (!because) return undefined;
  const says = reason(
    `if a step sent it at this moment, it would be held back: ${because.en}`,
    `si un paso lo enviara en este momento, se retendría: ${because.es}`,
  );
  return finding('would_be_held_back', says);
}

/** The message that is asked about, and the steps that send it. */
interface Sought {
  readonly message: string;
  readonly steps: readonly string[];
}

function aboutWorkflow(workflow: Workflow, sought: Sought | null, looking: Looking): readonly Finding[] {
  const { records, loaded, all, at } = looking;
  const { id } = workflow;
  const runs = records.runs.filter((run) => run.workflow === id);
  const attempts = attemptsOf(workflow, all, loaded.project, at);
  const in_vain = attempts.filter((attempt) => !runs.some((run) => beganBy(run, attempt))).slice(-MOST_TOLD);
  const past = [
    ...in_vain.map((attempt) => aboutAttempt(workflow, attempt, looking)),
    ...runs.slice(-MOST_TOLD).map((run) => aboutRun(run, workflow, sought, looking)),
  ].sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
  const found = [
    ...notLive(workflow),
    ...past.filter(({ kind }) => kind === 'stands' || kind === 'held_out'),
    ...past.filter(({ kind }) => kind !== 'stands' && kind !== 'held_out'),
    ...(attempts.length === 0 && runs.length === 0 ? [notTriggered(workflow, looking)] : []),
  ];
  return found.map((one) => ({ ...one, workflow: id }));
}

function notLive({ status }: Workflow): readonly Finding[] {
  const says = NOT_LIVE[status];
  return says ? [finding('not_live', says)] : [];
}

const NOT_LIVE: Readonly<Record<string, Reason>> = {
  draft: reason('the workflow is a draft: nobody enters it', 'el flujo es un borrador: nadie entra'),
  paused: reason(
    'the workflow is paused: nobody enters it, and whoever is inside stands still',
    'el flujo está en pausa: nadie entra, y quien está dentro no avanza',
  ),
  stopped: reason(
    'the workflow was stopped: nobody enters it, and whoever was inside has left',
    'el flujo se detuvo: nadie entra, y quien estaba dentro salió',
  ),
};

function beganBy({ event, entered_at }: Run, attempt: Attempt): boolean {
  return attempt.event ? event?.id === attempt.event.id : entered_at === attempt.at;
}

function aboutAttempt(workflow: Workflow, attempt: Attempt, { all, loaded }: Looking): Finding {
  const { kind, says, until, tree } = gateOf(workflow, attempt, all, loaded);
  const told = reason(
    `${attempt.because.en}, but no run began: ${says.en}`,
    `${attempt.because.es}, pero no empezó ningún recorrido: ${says.es}`,
  );
  return finding(kind, told, { at: attempt.at, until, tree });
}

function aboutRun(
  run: Run,
  workflow: Workflow,
  sought: Sought | null,
  { records, loaded }: Looking,
): Finding {
  const { number, entered_at, ended_at } = run;
  if (run.held_out) {
    const says = reason(
      `belongs to the ${workflow.holdout} percent who are held out and get nothing, so that the effect can be measured`,
      `pertenece al ${workflow.holdout} por ciento que queda fuera y no recibe nada, para poder medir el efecto`,
    );
    return finding('held_out', says, { at: entered_at, until: run.due_at });
  }
  if (ended_at === null) return aboutStand(run, workflow, sought, loaded);
  const name = reason(`run ${number}`, `el recorrido ${number}`);
  const ended = reason(
    `${name.en} ended, ${OUTCOMES[run.outcome ?? 'completed']?.en}: ${run.ended_because?.en ?? ''}`,
    `${name.es} terminó, ${OUTCOMES[run.outcome ?? 'completed']?.es}: ${run.ended_because?.es ?? ''}`,
  );
  if (!sought || run.outcome !== 'completed' || wasOwed(run, sought, records))
    return finding('ended', ended, { at: ended_at });
  return finding('other_way', otherWay(run, sought, ended), { at: ended_at });
}

const OUTCOMES: Readonly<Record<string, Reason>> = {
  completed: reason('at an end of its steps', 'en un final de sus pasos'),
  exited: reason('by a way out', 'por una salida'),
  converted: reason('because its goal was reached', 'porque se alcanzó su objetivo'),
  merged: reason('by a merge', 'por una fusión'),
  failed: reason('because it could not go on', 'porque no podía seguir'),
};

function wasOwed({ workflow, number }: Run, { message }: Sought, { messages }: Records): boolean {
  return messages.some((one) => one.workflow === workflow && one.run === number && one.message === message);
}

function otherWay({ variants }: Run, { steps }: Sought, ended: Reason): Reason {
  const taken = Object.entries(variants).map(([step, variant]) => `${step}: ${variant}`);
  const chosen = taken.length === 0 ? '' : ` (${taken.join(', ')})`;
  const places = steps.join(', ');
  return reason(
    `${ended.en}; it went another way${chosen} than over the step that sends it (${places})`,
    `${ended.es}; fue por otro camino${chosen} que el del paso que lo envía (${places})`,
  );
}

function aboutStand(run: Run, workflow: Workflow, sought: Sought | null, loaded: LoadedProject): Finding {
  const { says, since, until } = standOf(run, loaded.project);
  const told = reason(`is inside now: ${says.en}`, `está dentro ahora: ${says.es}`);
  const ahead = sought && placeOf(run, workflow, sought);
  const whole = ahead ? reason(`${told.en}; ${ahead.en}`, `${told.es}; ${ahead.es}`) : told;
  return finding('stands', whole, { at: since ?? run.entered_at, until });
}

/** Whether the step that sends it stands in the file behind the one where the run is. */
function placeOf({ step }: Run, { outline }: Workflow, { steps }: Sought): Reason | undefined {
  const ids = outline.map(({ id }) => id);
  const here = ids.indexOf(step);
  const places = steps.join(', ');
  if (here === -1) return undefined;
  if (steps.some((id) => ids.indexOf(id) > here))
    return reason(
      `the step that sends it (${places}) comes later`,
      `el paso que lo envía (${places}) viene después`,
    );
  return reason(
    `the step that sends it (${places}) lies behind, or on another way`,
    `el paso que lo envía (${places}) queda atrás, o en otro camino`,
  );
}
