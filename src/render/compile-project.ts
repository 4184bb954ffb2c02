import { createHash } from 'node:crypto';
import type { CompiledEmail } from '../engine/live-project.ts';
import type { LoadedProject } from '../project/load.ts';
import type { MessageTemplate, TemplateFile } from '../project/messages.ts';
import { sortProblems, type Problem } from '../project/problem.ts';
import { compileEmail } from './compile.ts';
import type { Problem as TemplateProblem } from './problem.ts';
import { checkTemplate } from './template.ts';
import { textTemplate } from './text.ts';

/** Where compiled words are kept, so that MJML runs once per text and not at every start. */
export interface CompiledCache {
  get(
    hashes: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly html: string; readonly text: string }>>;
  put(email: CompiledEmail): Promise<void>;
}

export interface CompiledProject {
  readonly emails: ReadonlyMap<string, CompiledEmail>;
  readonly problems: readonly Problem[];
}

/** Changes when the same sources would compile to something else. */
const COMPILER = 'mjml 5.4.1, etapa 1';

/** Compiles the words of every message in every language, and checks every other text with Handlebars in it. */
export async function compileProject(loaded: LoadedProject, cache: CompiledCache): Promise<CompiledProject> {
  const sources = Object.values(loaded.templates).flatMap(sourcesOf);
  const known = await cache.get(sources.map(({ hash }) => hash));
  const emails = new Map<string, CompiledEmail>();
  const problems = [...checkToneTexts(loaded), ...Object.values(loaded.templates).flatMap(checkPlainWords)];
  for (const source of sources) {
    const found = known.get(source.hash);
    const compiled = found ? { hash: source.hash, ...found } : await compileOne(source, problems);
    if (!compiled) continue;
    emails.set(source.key, compiled);
    if (!found) await cache.put(compiled);
  }
  return { emails, problems: sortProblems(problems) };
}

interface Source {
  readonly key: string;
  readonly hash: string;
  readonly body: TemplateFile;
  readonly layout: TemplateFile;
}

function sourcesOf({ id, email }: MessageTemplate): Source[] {
  return Object.entries(email).map(([language, { body, layout }]) => ({
    key: `${id}.${language}`,
    hash: createHash('sha256')
      .update(JSON.stringify([COMPILER, layout.text, body.text]))
      .digest('hex'),
    body,
    layout,
  }));
}

async function compileOne(
  { hash, body, layout }: Source,
  problems: Problem[],
): Promise<CompiledEmail | undefined> {
  const compiled = await compileEmail({
    file: body.file,
    layout_file: layout.file,
    layout: layout.text,
    fragment: body.text,
  });
  problems.push(...compiled.problems.map(asError));
  if (compiled.problems.length > 0) return undefined;
  return { hash, html: compiled.html, text: await textTemplate(compiled.html) };
}

function checkPlainWords(template: MessageTemplate): Problem[] {
  const file = `templates/${template.id}/message.yaml`;
  const texts = [
    ...Object.values(template.subject).flatMap((by_language) => Object.values(by_language)),
    ...Object.values(template.preheader),
  ];
  const files = Object.values(template.texts).flatMap((by_language) => Object.values(by_language));
  return [
    ...texts.flatMap((text) => checkTemplate(text, file)),
    ...files.flatMap((one) => checkTemplate(one.text, one.file)),
  ].map(asError);
}

function checkToneTexts({ project }: LoadedProject): Problem[] {
  const styles = Object.values(project.tone.styles);
  const texts = styles.flatMap((style) => [
    ...Object.values(style.greeting),
    ...Object.values(style.sign_off),
  ]);
  return texts.flatMap((text) => checkTemplate(text, 'workflows/journey/tone.yaml')).map(asError);
}

function asError(problem: TemplateProblem): Problem {
  return { ...problem, severity: 'error' };
}
