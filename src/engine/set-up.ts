/** A domain that is not set up in DNS sends few promotions: much mail from it would be refused, and harm its name. */
import type { Instant } from '../core/events/event.ts';
import { reason, type Reason } from '../core/reason.ts';
import { DAY } from '../core/time/date.ts';
import type { Ration } from './ration.ts';

/** The look at DNS. */
export interface SetUpLook {
  /** From which messages come. */
  domain(): string;
  /** Which parts are missing, such as `SPF`. Rejects where DNS does not answer. */
  missing(domain: string): Promise<readonly string[]>;
}

/**
 * So many promotions may leave each day from a domain that is not set up. Gmail holds whoever comes close to 5,000 a
 * day for a bulk sender, for good, and counts all mail of the domain, also what others send: a fifth of it is far away.
 */
const WITHOUT_SET_UP = 1000;

export function notSetUp(domain: string, missing: readonly string[]): Reason {
  const parts = missing.join(', ');
  return reason(
    `${domain} is not set up for much mail (missing in DNS: ${parts}), so ${WITHOUT_SET_UP} promotions a day may leave; "etapa doctor" says the mend`,
    `${domain} no está preparado para mucho correo (falta en DNS: ${parts}), así que pueden salir ${WITHOUT_SET_UP} promociones al día; "etapa doctor" dice cómo arreglarlo`,
  );
}

/** Days begin at midnight UTC. */
export function rationWithoutSetUp(because: Reason, now: Instant): Ration {
  const from = Math.floor(now / DAY) * DAY;
  return { cap: WITHOUT_SET_UP, from, until: from + DAY, because };
}
