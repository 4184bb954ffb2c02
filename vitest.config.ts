import { defineConfig } from 'vitest/config';
import { test } from './vitest.shared.ts';

export default defineConfig({
  test: {
    ...test,
    include: ['tests/**/*.test.ts'],
    // What takes its time: `npm run test:long`.
    exclude: ['tests/**/*.long.test.ts'],
  },
});
