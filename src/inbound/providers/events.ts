/** Making events of what a provider told. */
import { createHash } from 'node:crypto';
import type { Instant } from '../../core/events/event.ts';
import type { ReportKind } from '../../core/messages/report.ts';
import type { TouchKind } from '../../core/messages/touch.ts';
import { classOf, statusIn, type Fault } from './fault.ts';
import { addressOf, ipOf, lineOf, textOf } from './fields.ts';
import type { ProviderEvent } from './provider.ts';

/** What is told of every event, whatever it is about. All texts are hostile. */
export interface Occasion {
  readonly provider: string;
  /** The provider's own id of the event, the same when it is sent again. */
  readonly event_id?: unknown;
  readonly address: unknown;
  /** Undefined where the event does not tell. */
  readonly at: Instant | undefined;
  readonly received_at: Instant;
  /** Ours. */
  readonly message_id: string | null;
  /** The provider's. */
  readonly provider_message_id: unknown;
}

export interface Said {
  /** RFC 3463; looked for in the diagnostic where it is not given. */
  readonly status?: unknown;
  readonly diagnostic?: unknown;
}

export function bounced(occasion: Occasion, fault: Fault, said: Said): ProviderEvent {
  return report(occasion, 'bounced', said, fault);
}

export function reported(
  occasion: Occasion,
  kind: Exclude<ReportKind, 'bounced'>,
  said: Said = {},
): ProviderEvent {
  return report(occasion, kind, said, null);
}

export interface TouchTold {
  readonly url?: unknown;
  readonly ip?: unknown;
  readonly user_agent?: unknown;
  readonly by_machine?: boolean;
}

export function touched(occasion: Occasion, touch: TouchKind, told: TouchTold): ProviderEvent {
  const address = addressOf(occasion.address);
  const url = touch === 'click' ? lineOf(told.url, LONGEST_URL) : null;
  return {
    kind: 'touch',
    id: idOf(occasion, touch, address, url),
    touch,
    url,
    ip: ipOf(told.ip),
    user_agent: lineOf(told.user_agent, LONGEST_USER_AGENT) ?? '',
    at: occasion.at ?? occasion.received_at,
    message_id: occasion.message_id,
    address,
    by_machine: told.by_machine ?? false,
  };
}

/** @param type what the provider calls it */
export function ignored(type: unknown): ProviderEvent {
  return { kind: 'ignored', why: `Nothing follows from "${lineOf(type, LONGEST_TYPE) ?? ''}".` };
}

const LONGEST_DIAGNOSTIC = 1000;
const LONGEST_URL = 2000;
const LONGEST_USER_AGENT = 500;
const LONGEST_TYPE = 60;

function report(occasion: Occasion, kind: ReportKind, said: Said, fault: Fault | null): ProviderEvent {
  const address = addressOf(occasion.address);
  const diagnostic = lineOf(said.diagnostic, LONGEST_DIAGNOSTIC);
  const status = statusIn(lineOf(said.status, LONGEST_TYPE)) ?? statusIn(diagnostic);
  return {
    kind: 'report',
    report: {
      id: idOf(occasion, kind, address, null),
      kind,
      class: fault && classOf(fault, status, diagnostic),
      address,
      status,
      diagnostic,
      at: occasion.at ?? occasion.received_at,
      message_id: occasion.message_id,
    },
  };
}

/** The time at which it came is left out: it differs when the same event comes twice. */
function idOf(occasion: Occasion, kind: string, address: string, url: string | null): string {
  const { provider, at = null } = occasion;
  const given = textOf(occasion.event_id);
  if (PLAIN_ID.test(given)) return `${provider}:${given}`;
  const told = [given, kind, address, at, textOf(occasion.provider_message_id), url];
  return `${provider}:${createHash('sha256').update(JSON.stringify(told)).digest('hex')}`;
}

const PLAIN_ID = /^[\x21-\x7e]{1,200}$/;
