/** One contact's history as it is recorded, and each entry of it in words. */
import type { EventType, Instant } from '../core/events/event.ts';
import type { TimelineKind } from '../core/contacts/timeline.ts';
import type { JsonObject } from '../core/json.ts';
import type { MessageState } from '../core/messages/message.ts';
import type { MachineSign, TouchKind } from '../core/messages/touch.ts';
import type { ReportClass, ReportKind } from '../core/messages/report.ts';
import { reason, type Reason } from '../core/reason.ts';
import type { Outcome } from '../core/workflows/run.ts';

interface Of<Kind extends TimelineKind, About> {
  readonly kind: Kind;
  readonly at: Instant;
  /** Names the entry among all of the contact. */
  readonly key: string;
  readonly about: About;
}

export type TimelineEntry =
  | Of<'event', { name: string; type: EventType; properties: JsonObject; source: string }>
  | Of<'stage', { from: string; to: string; because: Reason }>
  | Of<'segment', { segment: string; way: 'enters' | 'leaves'; because: Reason }>
  | Of<
      'run_began',
      { workflow: string; run: number; held_out: boolean; event: string | null; because: Reason }
    >
  | Of<'run_ended', { workflow: string; run: number; outcome: Outcome | null; because: Reason | null }>
  | Of<'message', TimelineMessage>
  | Of<'response', TimelineResponse>
  | Of<
      'call',
      {
        workflow: string;
        run: number;
        step: string;
        what: 'team' | 'webhook';
        state: string;
        response: string | null;
      }
    >
  | Of<
      'consent',
      {
        channel: string;
        topic: string;
        said: 'given' | 'confirmed' | 'withdrawn';
        source: string;
        text_version: string | null;
        ip: string | null;
        user_agent: string | null;
      }
    >;

interface TimelineMessage {
  readonly message_id: string;
  readonly message: string;
  readonly subject: string | null;
  readonly workflow: string;
  readonly run: number;
  readonly step: string;
  readonly channel: string;
  readonly purpose: 'promotion' | 'service';
  readonly state: MessageState;
  readonly tone: string;
  readonly tone_because: Reason;
  /** Why it was held back, refused or left uncertain, or what it waits for. */
  readonly held_because: Reason | null;
  /** Why the run began that sent it. */
  readonly run_because: Reason | null;
  readonly response: string | null;
}

interface TimelineResponse {
  readonly what: TouchKind | ReportKind;
  readonly message_id: string;
  readonly message: string;
  /** Where a link led that was clicked. */
  readonly url: string | null;
  /** Of opens and clicks: whether a machine did it, and the sign that told. */
  readonly machine: MachineSign | null;
  readonly sign: string | null;
  /** Of reports: whose fault it was, and what the other side said. */
  readonly fault: ReportClass | null;
  readonly diagnostic: string | null;
}

/** What happened, in one sentence without its time. */
export function sentenceOf(entry: TimelineEntry): Reason {
  switch (entry.kind) {
    case 'event':
      return reason(`${entry.about.name} happened`, `ocurrió ${entry.about.name}`);
    case 'stage': {
      const { from, to } = entry.about;
      return reason(`moved from ${from} to ${to}`, `pasó de ${from} a ${to}`);
    }
    case 'segment': {
      const { segment, way } = entry.about;
      return way === 'enters'
        ? reason(`came into the segment ${segment}`, `entró en el segmento ${segment}`)
        : reason(`left the segment ${segment}`, `salió del segmento ${segment}`);
    }
    case 'run_began':
      return beginningOf(entry.about);
    case 'run_ended': {
      const { workflow, outcome } = entry.about;
      const { en, es } = OUTCOMES[outcome ?? 'completed'];
      return reason(`${workflow} ended: ${en}`, `${workflow} terminó: ${es}`);
    }
    case 'message': {
      const { message, channel, state } = entry.about;
      const { en, es } = STATES[state];
      return reason(`${message} by ${channel}: ${en}`, `${message} por ${channel}: ${es}`);
    }
    case 'response': {
      const { en, es } = RESPONSES[entry.about.what];
      return reason(`${entry.about.message}: ${en}`, `${entry.about.message}: ${es}`);
    }
    case 'call':
      return entry.about.what === 'team'
        ? reason(`${entry.about.workflow} told the team`, `${entry.about.workflow} avisó al equipo`)
        : reason(
            `${entry.about.workflow} called another system`,
            `${entry.about.workflow} llamó a otro sistema`,
          );
    case 'consent': {
      const { channel, topic, said } = entry.about;
      const about = topic === '' ? channel : `${channel}/${topic}`;
      const { en, es } = SAYINGS[said];
      return reason(`${en} for ${about}`, `${es} para ${about}`);
    }
  }
}

/** Why it happened; null where nothing here decided it. */
export function reasonOf(entry: TimelineEntry): Reason | null {
  switch (entry.kind) {
    case 'stage':
    case 'segment':
    case 'run_began':
    case 'run_ended':
      return entry.about.because;
    case 'message':
      return entry.about.held_because ?? entry.about.run_because;
    case 'response':
      return machineWords(entry.about);
    case 'event':
    case 'call':
    case 'consent':
      return null;
  }
}

function beginningOf({ workflow, held_out }: { workflow: string; held_out: boolean }): Reason {
  return held_out
    ? reason(
        `${workflow} would have begun, but the contact is held out so that its effect can be measured`,
        `${workflow} habría empezado, pero el contacto queda fuera para poder medir su efecto`,
      )
    : reason(`${workflow} began`, `empezó ${workflow}`);
}

function machineWords({ machine, sign, diagnostic }: TimelineResponse): Reason | null {
  if (machine === 'certain')
    return reason(`a machine did it, not counted (${sign})`, `lo hizo una máquina, no cuenta (${sign})`);
  if (machine === 'likely')
    return reason(
      `probably a machine, not counted (${sign})`,
      `probablemente una máquina, no cuenta (${sign})`,
    );
  return diagnostic === null ? null : reason(diagnostic, diagnostic);
}

const OUTCOMES: Readonly<Record<Outcome, Reason>> = {
  converted: reason('goal reached', 'objetivo alcanzado'),
  completed: reason('walked to an end', 'llegó a un final'),
  exited: reason('left early', 'salió antes'),
  merged: reason('merged', 'fusionado'),
  failed: reason('could not go on', 'no pudo seguir'),
};

const STATES: Readonly<Record<MessageState, Reason>> = {
  sent: reason('sent', 'enviado'),
  owed: reason('on its way', 'en camino'),
  claimed: reason('on its way', 'en camino'),
  handing_over: reason('being handed over', 'entregándose'),
  deferred: reason('tried again later', 'se reintentará'),
  refused: reason('refused', 'rechazado'),
  suppressed: reason('held back', 'retenido'),
  uncertain: reason('uncertain', 'incierto'),
};

const RESPONSES: Readonly<Record<TouchKind | ReportKind, Reason>> = {
  open: reason('opened', 'abierto'),
  click: reason('clicked', 'clic'),
  bounced: reason('bounced', 'rebotado'),
  delayed: reason('delayed on the way', 'retrasado en el camino'),
  delivered: reason('delivered', 'entregado'),
  complained: reason('marked as unwanted', 'marcado como no deseado'),
  unsubscribed: reason('unsubscribed', 'baja solicitada'),
};

const SAYINGS = {
  given: reason('consent given', 'permiso dado'),
  confirmed: reason('consent confirmed', 'permiso confirmado'),
  withdrawn: reason('consent withdrawn', 'permiso retirado'),
} as const;
