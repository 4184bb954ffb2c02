/** The pages of the shipped project, and of one that would like to break out of them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { buildSite } from '../../src/docs/site.ts';
import { loadProject } from '../../src/project/load.ts';
import { readProjectFiles, type ProjectFiles } from '../../src/project/read-files.ts';

const REPOSITORY = new URL('../..', import.meta.url).pathname;
const NOW = Date.UTC(2026, 10, 22, 12);

async function siteOf(files: ProjectFiles, mail = '<html><head></head><body>Hi</body></html>') {
  const { loaded, problems } = loadProject(files);
  if (!loaded) throw new Error(JSON.stringify(problems));
  const render = (message: string, language: string, tone: string) =>
    Promise.resolve({
      subject: `${message} ${language} ${tone}`,
      html: `${mail}<!-- ${tone} -->`,
      text: 'Hi',
    });
  return buildSite({ loaded, render, now: NOW });
}

let shipped: ProjectFiles;
let site: ReadonlyMap<string, string>;
beforeAll(async () => {
  shipped = await readProjectFiles(REPOSITORY);
  site = await siteOf(shipped);
});

function pages(): [string, string][] {
  return [...site].filter(([path]) => /^(en|es)\//.test(path));
}

describe('the pages of the shipped project', () => {
  it('come in both languages, the same in each', () => {
    const of = (language: string) =>
      pages().flatMap(([path]) => (path.startsWith(language) ? [path.slice(3)] : []));
    expect(of('en')).toEqual(of('es'));
    expect(of('en')).toEqual(
      expect.arrayContaining([
        'index.html',
        'stages.html',
        'workflow-abandoned_cart.html',
        'message-cart_reminder_1.html',
      ]),
    );
    expect(site.get('index.html')).toContain('url=es/index.html');
  });

  it('lead nowhere that is not there', () => {
    const lost = pages().flatMap(([path, text]) =>
      [...text.matchAll(/(?:href|src)="([^"#]+)(?:#([^"]*))?"/g)].flatMap(([, to = '', anchor]) => {
        const target = new URL(to, `file:///${path}`).pathname.slice(1);
        const there = site.get(target);
        const found = there !== undefined && (anchor === undefined || there.includes(`id="${anchor}"`));
        return found ? [] : [`${path} → ${to}`];
      }),
    );
    expect(lost).toEqual([]);
  });

  it('fetch nothing from anywhere', () => {
    const own = pages().map(([path, text]) => [path, text.replaceAll(/srcdoc="[^"]*"/g, '')] as const);
    for (const [path, text] of [...own, ['style.css', site.get('style.css') ?? ''] as const])
      expect(text, path).not.toMatch(/(?:src|href)="(?:https?:)?\/\/|@import|url\((?!#)/);
  });

  it('have one first heading, no id twice and a name for every field', () => {
    for (const [path, text] of pages()) {
      expect(text.match(/<h1>/g), path).toHaveLength(1);
      const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      expect(new Set(ids).size, path).toBe(ids.length);
      expect(text, path).not.toMatch(/undefined|\[object Object\]|NaN/);
    }
  });

  it('are the same when they are made again', async () => {
    expect([...(await siteOf(shipped))]).toEqual([...site]);
  });

  it('show a workflow as a picture and in words', () => {
    const page = site.get('en/workflow-abandoned_cart.html') ?? '';
    expect(page).toContain(
      '<svg class="picture" role="img" aria-label="Picture of the workflow Abandoned cart',
    );
    expect(page).toMatch(/Wait 1 hour \(starts again with each new <code>product_added<\/code>/);
    expect(page).toContain('6b.1');
    expect(page).toContain('Send the message <code>cart_reminder_2_reviews</code>.');
  });

  it('are found by words in a script of data', () => {
    const script = site.get('search.es.js') ?? '';
    const entries = JSON.parse(script.slice('window.etapaPages='.length, -2)) as {
      to: string;
      words: string;
    }[];
    expect(
      entries.filter(({ words }) => words.includes('Atención al cliente')).map(({ to }) => to),
    ).toContain('calendar.html#calendar-support');
  });

  it('mark special days and what the calendar starts', () => {
    const page = (site.get('en/calendar.html') ?? '').replaceAll(/(?<=>)\s+|\s+(?=<)/g, '');
    expect(page).toContain('<caption>November 2026</caption>');
    expect(page).toContain('<td class="special closed" title="Christmas">25<');
    expect(page.match(/title="(?:New Year; )?Tips of the month"/g)).toHaveLength(12);
  });

  it('mark public holidays, by the name of the special day where there is one', async () => {
    const hours = 'workflows/journey/hours.yaml';
    const files = {
      ...shipped,
      [hours]: (shipped[hours] ?? '').replace(
        '    special_days:\n',
        '    holidays: { country: ES }\n    special_days:\n',
      ),
    };
    const page = (await siteOf(files)).get('es/calendar.html') ?? '';
    expect(page).toMatch(/<td class="special[^"]*" title="La inmaculada concepción">\s*8</);
    expect(page).toMatch(/<td class="special[^"]*" title="Navidad">\s*25</);
  });
});

describe('a project with markup in its words', () => {
  it('stays text, on the pages, in the pictures and in the search', async () => {
    const evil = `"><img src=x onerror=alert(1)></script><b>'&`;
    const files = Object.fromEntries(
      Object.entries(shipped).map(([path, text]) => [
        path,
        path === 'workflows/welcome.yaml'
          ? text
              .replace('title: Welcome', `title: ${JSON.stringify(evil)}`)
              .replace('exit: welcomed', `exit: ${JSON.stringify(evil)}`)
          : path === 'etapa.yaml'
            ? text.replace('name: Lumbre\n', `name: ${JSON.stringify(evil)}\n`)
            : text,
      ]),
    );
    const made = await siteOf(files, `<html><head></head><body>${evil}"</body></html>`);
    for (const [path, text] of made) expect(text, path).not.toMatch(/<img src=x|<\/script><b>/);
    expect(made.get('en/workflow-welcome.html')).toContain('&lt;img src=x');
  });

  it('is shown in frames without scripts that fetch nothing', () => {
    const frames = [...(site.get('en/message-cart_reminder_1.html') ?? '').matchAll(/<iframe[^>]*>/g)];
    expect(frames.length).toBeGreaterThan(1);
    for (const [frame] of frames) {
      expect(frame).toContain('sandbox="allow-same-origin"');
      expect(frame).toContain('default-src &#39;none&#39;');
    }
  });
});
