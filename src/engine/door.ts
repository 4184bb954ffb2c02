/** Lets only so many go through side by side; the others wait in line. */
export interface Door {
  through<T>(work: () => Promise<T>): Promise<T>;
}

export function createDoor(width: number): Door {
  const line: (() => void)[] = [];
  let inside = 0;

  async function enter(): Promise<void> {
    if (inside >= width) await new Promise<void>((resolve) => line.push(resolve));
    else inside++;
  }

  /** Whoever is next takes the place of who leaves. */
  function leave(): void {
    const next = line.shift();
    if (next) next();
    else inside--;
  }

  return {
    async through(work) {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
