import { defineConfig } from 'vitest/config';
import { test } from './vitest.shared.ts';

/** Tests of many seconds each, which would keep `npm test` from answering within minutes. */
export default defineConfig({ test: { ...test, include: ['tests/**/*.long.test.ts'] } });
