/** What is missing for a workflow to begin whose trigger never fired. */
import { zoneOf } from '../../core/contacts/locale.ts';
import { reason, type Reason } from '../../core/reason.ts';
import type { Trigger, Workflow } from '../../core/workflows/workflow.ts';
import { factsAt } from './attempts.ts';
import { finding, type Finding, type Looking } from './finding.ts';
import { contactAt } from './records.ts';
import { momentOrNever, treeOf } from './tree.ts';

export function notTriggered({ id, trigger }: Workflow, looking: Looking): Finding {
  switch (trigger.by) {
    case 'event':
      return withoutEvent(id, looking);
    case 'condition':
      return withoutCondition(id, trigger, looking);
    case 'move':
      return finding('not_triggered', withoutMove(trigger));
    case 'moment':
      return withoutMoment(trigger, looking);
    case 'hand':
      return finding('not_triggered', BY_HAND_ONLY);
  }
}

const BY_HAND_ONLY = reason(
  'it is started only by hand, by the API or by another workflow, and nobody did',
  'solo se inicia a mano, por la API o desde otro flujo, y nadie lo hizo',
);

function withoutEvent(id: string, { loaded, records }: Looking): Finding {
  const start = loaded.workflow_sources.find((source) => source.id === id)?.source.enter_when;
  const names = start?.by === 'event' ? start.event.event : [];
  const near = records.events.filter(({ name }) => names.includes(name));
  const words = names.join(' / ');
  if (near.length === 0)
    return finding('not_triggered', reason(`${words} never happened`, `${words} nunca ocurrió`));
  const says = reason(
    `${words} happened, but never with the properties that "enter_when" asks for`,
    `${words} ocurrió, pero nunca con las propiedades que pide «enter_when»`,
  );
  return finding('not_triggered', says, { at: near.at(-1)?.occurred_at ?? null });
}

function withoutCondition(
  id: string,
  { when }: Extract<Trigger, { by: 'condition' }>,
  { loaded, all, at }: Looking,
): Finding {
  const { project } = loaded;
  const facts = factsAt(all, project, at);
  const because = when.because(facts);
  const start = loaded.workflow_sources.find((source) => source.id === id)?.source.enter_when;
  const says = reason(
    `what "enter_when" asks for has never become true: ${because.en}`,
    `lo que pide «enter_when» nunca se cumplió: ${because.es}`,
  );
  return finding('not_triggered', says, {
    until: momentOrNever(when.answer(facts).until),
    tree: start?.by === 'condition' ? treeOf(start.when, project, facts) : null,
  });
}

function withoutMove({ of, way, ids }: Extract<Trigger, { by: 'move' }>): Reason {
  const words = ids.join(' / ');
  const [en, es] =
    way === 'enters' ? ['never came into', 'nunca entró en'] : ['never left', 'nunca salió de'];
  return of === 'stage'
    ? reason(`${en} stage ${words}`, `${es} la etapa ${words}`)
    : reason(`${en} segment ${words}`, `${es} el segmento ${words}`);
}

function withoutMoment(trigger: Extract<Trigger, { by: 'moment' }>, { all, loaded, at }: Looking): Finding {
  const contact = contactAt(all, loaded.project, at);
  const next = trigger.next({ contact, now: at, zone: zoneOf(contact, loaded.project) }, at);
  return next === undefined
    ? finding('not_triggered', NO_DATE)
    : finding('not_triggered', NOT_YET, { until: next });
}

const NO_DATE = reason(
  'the date that starts it is not known, or lies behind',
  'la fecha que lo inicia no se conoce, o ya pasó',
);
const NOT_YET = reason('its time has not come yet', 'aún no llega su momento');
