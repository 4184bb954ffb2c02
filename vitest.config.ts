import { defineConfig } from 'vitest/config';
import { test } from './vitest.shared.ts';

export default defineConfig({
  test: {
    ...test,
    include: ['tests/**/*.test.ts'],
    // Processes that are killed take their time: `npm run faults`; so do others: `npm run test:long`.
    exclude: ['tests/faults/**', 'tests/**/*.long.test.ts'],
  },
});
