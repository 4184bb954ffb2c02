/** Why something is so, in the languages of the console. Stored beside every decision. */
export interface Reason {
  readonly en: string;
  readonly es: string;
}

export function reason(en: string, es: string): Reason {
  return { en, es };
}

/** Several reasons that hold together, as one sentence. */
export function joinReasons(reasons: readonly Reason[]): Reason {
  return reason(reasons.map((r) => r.en).join('; '), reasons.map((r) => r.es).join('; '));
}

/** What a project says in one language or in several, in both of the console's. */
export function inBoth(
  text: string | Readonly<Partial<Record<string, string>>> | undefined,
  otherwise: string,
): Reason {
  if (text === undefined) return reason(otherwise, otherwise);
  if (typeof text === 'string') return reason(text, text);
  return reason(text.en ?? text.es ?? otherwise, text.es ?? text.en ?? otherwise);
}
