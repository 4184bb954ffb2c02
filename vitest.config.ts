import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // Processes that are killed take their time: `npm run faults`.
    exclude: ['tests/faults/**'],
    pool: 'forks',
    maxWorkers: 2,
    // Loading the sources anew for each file took a fifth of the time.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    globalSetup: ['tests/support/global-setup.ts'],
  },
});
