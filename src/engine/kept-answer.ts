/** What costs much to ask is not asked anew each time. */

/**
 * An answer is kept for twenty times as long as it took to get, half a minute at the most: where there are few rows it is
 * as good as fresh, and where there are many it costs the database a twentieth of its time. Several who ask at once get
 * one answer; what went wrong is not kept.
 */
export function keptAnswer<T>(ask: () => Promise<T>): () => Promise<T> {
  let kept: { readonly answer: T; readonly until: number } | undefined;
  let asking: Promise<T> | undefined;

  async function askAnew(): Promise<T> {
    const began = performance.now();
    const answer = await ask();
    const ended = performance.now();
    kept = { answer, until: ended + Math.min(LONGEST, (ended - began) * TIMES) };
    return answer;
  }

  return () => {
    if (kept && performance.now() < kept.until) return Promise.resolve(kept.answer);
    asking ??= askAnew().finally(() => (asking = undefined));
    return asking;
  };
}

const TIMES = 20;
const LONGEST = 30_000;
