/**
 * What a process is started with so that something can be done to it that no signal does: its clock is wrong, it stands
 * still by itself, or it runs out of memory. Each is a little program that Node runs before ours, also in its threads.
 * SIGWINCH, as whoever sends most of the others is told to end (close-with-grace).
 */

/** For `World.start`: the process's clock is so many milliseconds ahead, from so many milliseconds after its start. */
export function wrongClock(ahead: number, after = 0): Readonly<Record<string, string>> {
  return preload(`
    const real = Date, ahead = ${ahead}, after = ${after};
    const now = () => real.now() + (performance.now() < after ? 0 : ahead);
    globalThis.Date = new Proxy(real, {
      apply: () => new real(now()).toString(),
      construct: (_, given) => (given.length === 0 ? new real(now()) : new real(...given)),
      get: (of, name) => (name === 'now' ? now : Reflect.get(of, name)),
    });`);
}

/** On SIGWINCH nothing else is done for so many milliseconds. */
export function blocksOnSignal(milliseconds: number): Readonly<Record<string, string>> {
  return preload(`
    process.on('SIGWINCH', () => {
      for (const end = performance.now() + ${milliseconds}; performance.now() < end;);
    });`);
}

/** On SIGWINCH it takes memory until it has more than it may, as a leak would in the end. */
export function runsOutOfMemory(megabytes: number): Readonly<Record<string, string>> {
  const hoarding = preload(`
    process.on('SIGWINCH', () => {
      const hoard = [];
      setInterval(() => { for (let i = 0; i < 20; i++) hoard.push(new Array(20000).fill(Math.random())); }, 5);
    });`);
  return { NODE_OPTIONS: `${hoarding.NODE_OPTIONS} --max-old-space-size=${megabytes}` };
}

function preload(program: string): { readonly NODE_OPTIONS: string } {
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(program)}` };
}
