/** Builds the console into dist/console, beside the program that serves it. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const REPOSITORY = resolve(import.meta.dirname, '../..');

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  // Exchanged for a fresh one whenever the page is served: src/api/console.ts.
  html: { cspNonce: 'nonce-of-the-answer' },
  plugins: [react(), compressed()],
  build: {
    outDir: join(REPOSITORY, 'dist/console'),
    emptyOutDir: true,
    // What is inlined as data: would need more of the policy than img-src.
    assetsInlineLimit: (file) => (file.endsWith('.svg') ? undefined : false),
    chunkSizeWarningLimit: 700,
    manifest: 'manifest.json',
  },
  server: { proxy: { '/v1': 'http://localhost:8686' } },
});

const SMALL = 1024;

/** Each asset also as .br and .gz, so that the server only has to hand them over. */
function compressed(): Plugin {
  let folder = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir, config.build.assetsDir);
    },
    async closeBundle() {
      for (const name of await readdir(folder)) await compress(join(folder, name));
    },
  };
}

async function compress(file: string): Promise<void> {
  const bytes = await readFile(file);
  if (bytes.length < SMALL || !/\.(?:js|css|svg)$/.test(file)) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, { params }));
  await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }));
}
