/** Passwords are kept as scrypt makes them, with a salt of chance: https://www.rfc-editor.org/rfc/rfc7914 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { UserError } from '../errors.ts';

/** Whoever tries again before so many seconds gets the same answer. */
export class TooManyTries extends UserError {
  readonly seconds: number;

  constructor(seconds: number) {
    super('too_many_tries', `There were too many tries. Try again in ${wordsFor(seconds)}.`);
    this.seconds = seconds;
  }
}

function wordsFor(seconds: number): string {
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}

/** Each password takes 128 MiB for some tenths of a second, in a thread of its own: two at a time, so that the rest goes on. */
const AT_ONCE = 2;
const MOST_WAITING = 20;

/** Does work on passwords, whoever comes first first. Rejects with TooManyTries where too many wait already. */
export function createLine(): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < AT_ONCE) running++;
    else {
      if (waiting.length >= MOST_WAITING) throw new TooManyTries(5);
      // Whoever leaves hands over the place.
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

const COST: Cost = { N: 2 ** 17, r: 8, p: 1 };
const OCTETS = 32;

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Nothing leads to it. */
const DECOY = ['scrypt', COST.N, COST.r, COST.p, 'A'.repeat(22), 'A'.repeat(43)].join('$');

/** Takes as long where none is known, so that its time tells nobody whether there is such a user. */
export async function isPassword(password: string, known: string | null): Promise<boolean> {
  const [, N, r, p, salt = '', key = ''] = (known ?? DECOY).split('$');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64url'), cost);
  return timingSafeEqual(derived, Buffer.from(key, 'base64url')) && known !== null;
}

function derive(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  const maxmem = 256 * cost.N * cost.r;
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, OCTETS, { ...cost, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
