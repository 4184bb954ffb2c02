import type { ViteUserConfig } from 'vitest/config';

/** What both suites have in common. */
export const test: ViteUserConfig['test'] = {
  pool: 'forks',
  maxWorkers: 2,
  // Loading the sources anew for each file took a fifth of the time.
  isolate: false,
  testTimeout: 30_000,
  hookTimeout: 60_000,
  // What is awaited comes late where much else runs; how late is no question of these tests.
  expect: { poll: { timeout: 15_000 } },
  globalSetup: ['tests/support/global-setup.ts'],
};
