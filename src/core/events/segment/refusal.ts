/** Why one call of a request is not taken; carried out of the readers by `throw`, and never out of `readCalls`. */
export class Refusal extends Error {
  readonly code: string;
  /** JSON pointer (RFC 6901) from the call to what is wrong in it; empty for the call as a whole. */
  readonly pointer: string;

  constructor(code: string, pointer: string, message: string) {
    super(message);
    this.code = code;
    this.pointer = pointer;
  }
}

/** One more step of a JSON pointer. */
export function pointTo(pointer: string, key: string | number): string {
  const step = String(key);
  return `${pointer}/${/[~/]/.test(step) ? step.replaceAll('~', '~0').replaceAll('/', '~1') : step}`;
}
