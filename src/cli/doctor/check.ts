/** What a check of `etapa doctor` is, and what it tells. */
import type { Instant } from '../../core/events/event.ts';
import type { SettingsFile } from '../../project/files/settings-file.ts';
import type { Settings } from '../../settings.ts';
import type { Database } from '../../store/database.ts';
import type { Resolver } from '../../dns/lookup.ts';
import type { MailIdentity } from './identity.ts';

/** `not_asked`: it could not be asked here, which is neither good nor bad. */
export const STATES = ['good', 'warning', 'bad', 'not_asked'] as const;
export type State = (typeof STATES)[number];

export interface Finding {
  readonly check: string;
  readonly state: State;
  /** What was found, in one line. */
  readonly title: string;
  /** Why it matters, or what exactly was seen; may be empty. */
  readonly detail: string;
  /** What to do, as a sentence that can be followed; null where there is nothing to do. */
  readonly mend: string | null;
}

export interface Check {
  readonly name: string;
  run(around: Around): Promise<Finding[]>;
}

/** What checks look at. Everything from outside is handed in, so that each can be tested with what it may meet. */
export interface Around {
  readonly settings: Settings;
  readonly identity: MailIdentity;
  readonly project: ProjectFound;
  /** Whom DNS is asked about: what the command was told, or the domain that messages come from. */
  readonly domain: string | undefined;
  readonly dns: Resolver;
  readonly database: DatabaseFound;
  /** By this machine's clock. */
  now(): Instant;
}

/** `etapa.yaml`, as far as it can be read. */
export type ProjectFound =
  | { readonly kind: 'read'; readonly settings: SettingsFile }
  | { readonly kind: 'unsound'; readonly problems: number }
  | { readonly kind: 'absent'; readonly folder: string };

export type DatabaseFound =
  | { readonly kind: 'open'; readonly db: Database }
  /** There is none yet: why, in a sentence. */
  | { readonly kind: 'absent'; readonly why: string }
  /** It does not answer. */
  | { readonly kind: 'away'; readonly why: string };

/** Makes the findings of one check. What is wrong always has a mend. */
export function sayAs(check: string) {
  function say(state: State, title: string, detail: string, mend: string | null): Finding {
    return { check, state, title: onOneLine(title), detail: onOneLine(detail), mend };
  }
  return {
    good: (title: string, detail = '') => say('good', title, detail, null),
    warning: (title: string, detail: string, mend: string) => say('warning', title, detail, mend),
    bad: (title: string, detail: string, mend: string) => say('bad', title, detail, mend),
    notAsked: (title: string, detail = '', mend: string | null = null) =>
      say('not_asked', title, detail, mend),
  };
}

/** What a server or DNS says may hold anything, also what would move a terminal's cursor. */
function onOneLine(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain;
}

const LONGEST = 500;
