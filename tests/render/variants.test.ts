/** Every message in every tone and language, as it would leave. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveProject } from '../../src/engine/live-project.ts';
import { renderMessage } from '../../src/engine/preview.ts';
import { sampleContact, sampleEvent } from '../../src/engine/sample-contact.ts';
import { loadProject } from '../../src/project/load.ts';
import { formatProblem } from '../../src/project/problem.ts';
import { readProjectFiles, type ProjectFiles } from '../../src/project/read-files.ts';
import { checkWords } from '../../src/render/check-words.ts';
import { compileProject } from '../../src/render/compile-project.ts';
import { createRenderer, type Renderer } from '../../src/render/renderer.ts';
import { everyVariant, renderVariants, type Variant } from '../../src/render/variants.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';

const NOW = Date.parse('2026-11-17T10:00:00Z');
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TONES = `version: 1
voice:
  formality: { es: tu }
tones:
  plain:
    greeting: { en: "Hi {{first_name}},", es: "Hola {{first_name}}:" }
  calm:
    formality: { es: usted }
    greeting: { en: "Dear {{first_name}},", es: "Apreciada {{first_name}}:" }
rules:
  - name: Strangers
    when: { stage: awareness }
    use: { tone: plain, formality: { es: usted } }
  - name: By phone
    channel: sms
    use: { tone: plain, formality: { en: formal } }
  - otherwise: plain
`;

let renderer: Renderer;
beforeAll(() => (renderer = createRenderer({ time_limit: 5000 })));
afterAll(() => renderer.close());

async function liveOf(files: ProjectFiles): Promise<LiveProject> {
  const { loaded, problems } = loadProject(files);
  if (!loaded) throw new Error(problems.map(formatProblem).join('\n'));
  const nothing = { get: () => Promise.resolve(new Map<string, never>()), put: () => Promise.resolve() };
  return { ...loaded, emails: (await compileProject(loaded, nothing)).emails };
}

const SMALL: ProjectFiles = projectFiles({
  ...messageFiles('offer', 'promotion'),
  'workflows/journey/tone.yaml': TONES,
  'templates/offer/message.yaml': `version: 1
message: offer
purpose: promotion
subject: { plain: { en: "Plain", es: "Llano" }, calm: { en: "Calm", es: "Sereno" } }
preheader: { en: "Before", es: "Antes" }
`,
  'templates/offer/email.es.mjml': `<mj-section><mj-column><mj-text>{{greeting}}</mj-text>
<mj-text>{{#formal}}Su{{else}}Tu{{/formal}} carrito guarda una frase que es bastante más larga que una sola línea de este texto.</mj-text>
</mj-column></mj-section>`,
});

describe('the ways to say a message', () => {
  it('are its tones, and what rules for mail make of them, in each language', async () => {
    const live = await liveOf(SMALL);
    expect(everyVariant(live).map((one) => Object.values(one).join(' '))).toEqual([
      'offer email en plain casual',
      'offer email en calm casual',
      'offer email es plain tu',
      'offer email es calm usted',
      'offer email es plain usted',
    ]);
  });

  it('are each made with words of their own', async () => {
    const live = await liveOf(SMALL);
    const made = (await renderVariants(live, renderer, everyVariant(live), NOW)) as Variant[];
    const spoken = made.map(({ subject, preheader, prose }) => [subject, preheader, prose.split('\n')[0]]);
    expect(spoken).toEqual([
      ['Plain', 'Before', 'Your cart is worth €33.90.'],
      ['Calm', 'Before', 'Your cart is worth €33.90.'],
      ['Llano', 'Antes', 'Hola Ana:'],
      ['Sereno', 'Antes', 'Apreciada Ana:'],
      ['Llano', 'Antes', 'Hola Ana:'],
    ]);
    expect(made.map(({ prose }) => /^(Su|Tu) carrito .* de este texto\.$/m.exec(prose)?.[1])).toEqual([
      ...[undefined, undefined],
      ...['Tu', 'Su', 'Su'],
    ]);
    expect(made[2]?.text).toMatch(/^Tu carrito [^\n]{20,68}\n[^\n]*texto\.$/m);
    expect(made[2]?.text).toContain('<https://example.com/unsubscribe>');
  });

  it('say why where one cannot be made', async () => {
    const live = await liveOf(SMALL);
    const key = 'offer.en';
    const broken = { hash: 'broken', html: '{{unknown helper}}', text: '' };
    const [first, , third] = await renderVariants(
      { ...live, emails: new Map([...live.emails, [key, broken]]) },
      renderer,
      everyVariant(live),
      NOW,
    );
    expect(first).toMatchObject({
      message: 'offer',
      language: 'en',
      reason: expect.stringContaining('html'),
    });
    expect(third).toMatchObject({ subject: 'Llano' });
  });
});

describe('the shipped project', () => {
  let live: LiveProject;
  beforeAll(async () => {
    live = await liveOf(await readProjectFiles(ROOT));
  }, 120_000);

  it('is made in every tone and language, exactly as a preview shows it', { timeout: 120_000 }, async () => {
    const wanted = everyVariant(live);
    const { templates, project } = live;
    const tones = Object.keys(project.tone.styles).length;
    // In Spanish strangers are spoken to formally, which is one way more.
    expect(wanted).toHaveLength(Object.keys(templates).length * (2 * tones + 1));
    const made = await renderVariants(live, renderer, wanted, NOW);
    expect(made.filter((one) => 'reason' in one)).toEqual([]);
    const [some] = made.filter(
      (one): one is Variant => 'html' in one && one.message === 'cart_reminder_1' && one.tone === 'calm',
    );
    const contact = sampleContact(live, NOW, some!.language);
    const event = sampleEvent(live, 'cart_reminder_1', contact, NOW);
    const shown = await renderMessage(
      live,
      renderer,
      contact,
      { message: 'cart_reminder_1', channel: 'email', event },
      NOW,
      { tone: 'calm', language: some!.language },
    );
    const { subject, preheader, html, text } = shown;
    expect(some).toMatchObject({ subject, preheader, html, text });
  });

  it('speaks as it says that it does, and is good mail', { timeout: 120_000 }, async () => {
    expect((await checkWords(live, NOW)).map(formatProblem)).toEqual([]);
  });
});
