/** Tells the shop's own people by mail what only they can mend, besides the line in the log. */
import { uuidv7 } from 'uuidv7';
import type { SendingAlert } from './alert.ts';
import { alertWords } from './alert-words.ts';
import { plainHtml } from './call.ts';
import type { Live } from './live-project.ts';
import type { Channel, Parcel } from './ports.ts';

export interface AlertMailParts {
  readonly channel: Channel;
  readonly live: Live;
}

const TOLD_EVERY = 24 * 60 * 60_000;

/**
 * Writes to `team.email`, if there is one: of each kind once a day from each process. Resolves when that is over; a mail
 * that cannot be delivered is not tried again, as what is wrong may be the mail itself.
 */
export function createAlertMail({ channel, live }: AlertMailParts): (alert: SendingAlert) => Promise<void> {
  const told = new Map<SendingAlert['kind'], number>();
  return async (alert) => {
    const { from, team, languages, name } = live().settings;
    const before = told.get(alert.kind) ?? -Infinity;
    if (!team || alert.at - before < TOLD_EVERY) return;
    told.set(alert.kind, alert.at);
    const language = languages[0] ?? 'en';
    const text = alertWords(alert)[language];
    const parcel: Parcel = {
      id: uuidv7(),
      ...{ to: team.email, from, reply_to: undefined },
      subject: `${name}: ${text}`.slice(0, LONGEST_SUBJECT),
      ...{ html: plainHtml(text), text, date: alert.at, language },
      headers: { 'X-Etapa-Alert': alert.kind },
      unsubscribe_url: undefined,
    };
    await channel.deliver(parcel, () => Promise.resolve(true));
  };
}

const LONGEST_SUBJECT = 150;
