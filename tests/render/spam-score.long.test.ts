/** What SpamAssassin says of the shipped messages, by its local rules, where it is installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';
import { describe, expect, it } from 'vitest';
import { loadProject } from '../../src/project/load.ts';
import { readProjectFiles } from '../../src/project/read-files.ts';
import { compileProject } from '../../src/render/compile-project.ts';
import { createRenderer } from '../../src/render/renderer.ts';
import { everyVariant, renderVariants, type Unmade, type Variant } from '../../src/render/variants.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = 'spamassassin';
/** Of the 5.0 at which mail is spam. */
const MOST = 2;
const isInstalled = spawnSync('sh', ['-c', `command -v ${PROGRAM}`]).status === 0;
if (!isInstalled) process.stderr.write('spam scores are not tested: spamassassin is not installed\n');

describe.skipIf(!isInstalled)('SpamAssassin', () => {
  it(`gives every shipped message less than ${MOST} points`, { timeout: 600_000 }, async () => {
    // The tones differ in words that the rules do not look at.
    const variants = oneOfEach(await shipped());
    const mails: Buffer[] = [];
    for (const variant of variants) {
      if ('reason' in variant) throw new Error(variant.reason);
      mails.push(await rawOf(variant));
    }
    const scores = scoresOf(mails);
    expect(scores).toHaveLength(variants.length);
    process.stdout.write(
      `spam scores of ${scores.length} mails: ${Math.min(...scores)} to ${Math.max(...scores)}\n`,
    );
    const named = variants.map(({ message, language, tone }, index) => ({
      message,
      language,
      tone,
      score: scores[index],
    }));
    expect(named.filter(({ score = MOST }) => score >= MOST)).toEqual([]);
  });
});

function oneOfEach(variants: readonly (Variant | Unmade)[]): (Variant | Unmade)[] {
  return [
    ...new Map(variants.map((variant) => [`${variant.message} ${variant.language}`, variant])).values(),
  ];
}

async function shipped(): Promise<(Variant | Unmade)[]> {
  const { loaded } = loadProject(await readProjectFiles(ROOT));
  if (!loaded) throw new Error('the shipped project is not sound');
  const nothing = { get: () => Promise.resolve(new Map<string, never>()), put: () => Promise.resolve() };
  const live = { ...loaded, emails: (await compileProject(loaded, nothing)).emails };
  const renderer = createRenderer({ time_limit: 5000 });
  try {
    return await renderVariants(live, renderer, everyVariant(live), Date.now());
  } finally {
    await renderer.close();
  }
}

async function rawOf({ subject, html, text }: Variant): Promise<Buffer> {
  const transport = createTransport({ streamTransport: true, buffer: true });
  const { message } = await transport.sendMail({
    from: 'Lumbre <hola@lumbre.example>',
    to: 'ana@example.com',
    ...{ subject, html, text },
  });
  return message as Buffer;
}

/** In one go, as the program takes longer to start than to judge. */
function scoresOf(mails: readonly Buffer[]): number[] {
  const mbox = mails.map((raw) => `From etapa Sun Nov 22 10:00:00 2026\n${unixLines(raw)}\n\n`).join('');
  const told = execFileSync(PROGRAM, ['-L', '-x', '--mbox'], {
    input: mbox,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return [...told.matchAll(/^X-Spam-Status:[^\n]*score=(-?[\d.]+)/gm)].map(([, score]) => Number(score));
}

function unixLines(raw: Buffer): string {
  return raw
    .toString('latin1')
    .replaceAll('\r\n', '\n')
    .replace(/^(>*From )/gm, '>$1');
}
