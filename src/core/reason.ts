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

/** A text of a project's file: what is missing in one language is told in the other, and what is missing in both by `otherwise`. */
export function inBothLanguages(
  text: string | { readonly en?: string | undefined; readonly es?: string | undefined } | undefined,
  otherwise: string,
): Reason {
  if (typeof text === 'string') return reason(text, text);
  return reason(text?.en ?? text?.es ?? otherwise, text?.es ?? text?.en ?? otherwise);
}
