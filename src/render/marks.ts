/**
 * Words that tell where they come from: each piece of words in the files of a message gets a mark of characters for
 * private use in front, goes through the same compiling and rendering as ever, and arrives with its mark. So the place
 * of a finding is found even where the same words stand in several branches.
 */
import type { ToneStyle } from '../core/messages/tone.ts';
import type { LiveProject } from '../engine/live-project.ts';
import { readYaml } from '../project/yaml.ts';
import type { Path } from '../core/schema.ts';
import { compileEmail } from './compile.ts';
import { blotMustaches, BLOT } from './hidden.ts';
import { textTemplate } from './text.ts';
import { z } from 'zod';

/** Where a piece of words begins. */
export interface Origin {
  readonly file: string;
  /** In the text of the file. */
  readonly offset: number;
}

export interface Marked {
  /** The project with marks in all that belongs to the message. */
  readonly live: LiveProject;
  /** By the number of the mark. */
  readonly origins: readonly Origin[];
}

const OPEN = '\u{E0F0}';
const CLOSE = '\u{E0F1}';
const DIGITS = 0xe100;

/** A mark in front of words, and its number. */
export const MARK = new RegExp(`${OPEN}([^${CLOSE}]*)${CLOSE}`, 'g');

function markOf(number: number): string {
  return (
    OPEN +
    Array.from(String(number), (digit) => String.fromCodePoint(DIGITS + Number(digit))).join('') +
    CLOSE
  );
}

export function numberOf(digits: string): number {
  return Number(Array.from(digits, (digit) => (digit.codePointAt(0) ?? DIGITS) - DIGITS).join(''));
}

/** One message in one language, marked; words that no longer compile with marks in them are left as they are. */
export async function markMessage(live: LiveProject, message: string, language: string): Promise<Marked> {
  const origins: Origin[] = [];
  const mark = (file: string, offset: number): string => markOf(origins.push({ file, offset }) - 1);
  return {
    live: { ...markTexts(live, message, mark), emails: await markEmail(live, message, language, mark) },
    origins,
  };
}

type Mark = (file: string, offset: number) => string;

async function markEmail(
  live: LiveProject,
  message: string,
  language: string,
  mark: Mark,
): Promise<LiveProject['emails']> {
  const key = `${message}.${language}`;
  const [source, usual] = [live.templates[message]?.email[language], live.emails.get(key)];
  if (!source || !usual) return live.emails;
  const { body, layout } = source;
  const { html, problems } = await compileEmail({
    file: body.file,
    layout_file: layout.file,
    layout: markMjml(layout.text, (offset) => mark(layout.file, offset)),
    fragment: markMjml(body.text, (offset) => mark(body.file, offset)),
  });
  if (problems.length > 0) return live.emails;
  return new Map([[key, { hash: `${usual.hash} marked`, html, text: await textTemplate(html) }]]);
}

/** Words between tags, but for styles and the two texts that are not shown in the body. */
function markMjml(text: string, mark: (offset: number) => string): string {
  const shown = blotMustaches(text).replace(UNSHOWN, (hidden) => BLOT.repeat(hidden.length));
  let out = '';
  let from = 0;
  for (const { index } of shown.matchAll(new RegExp(`[^\\s${BLOT}][^${BLOT}]*`, 'g'))) {
    out += text.slice(from, index) + mark(index);
    from = index;
  }
  return out + text.slice(from);
}

const UNSHOWN =
  /<!--[\s\S]*?-->|<(mj-style|style|mj-title|mj-preview)\b[\s\S]*?<\/\1\s*>|<(?:"[^"]*"|'[^']*'|[^"'>])*>|&[#\w]+;/gi;

function markTexts(live: LiveProject, message: string, mark: Mark): LiveProject {
  const template = live.templates[message];
  const { project } = live;
  const words = (file: string): Words => wordsOf(live, file, mark);
  const own = words(`templates/${message}/message.yaml`);
  const tones = words('workflows/journey/tone.yaml');
  const styles = Object.entries(project.tone.styles).map(([id, style]): [string, ToneStyle] => [
    id,
    {
      ...style,
      greeting: tones(style.greeting, ['tones', id, 'greeting']),
      sign_off: tones(style.sign_off, ['tones', id, 'sign_off']),
    },
  ]);
  return {
    ...live,
    hash: `${live.hash} marked ${message}`,
    project: { ...project, tone: { ...project.tone, styles: Object.fromEntries(styles) } },
    templates: template
      ? {
          [message]: {
            ...template,
            subject: Object.fromEntries(
              Object.entries(template.subject).map(([tone, texts]) => [tone, own(texts, ['subject', tone])]),
            ),
            preheader: own(template.preheader, ['preheader']),
          },
        }
      : {},
  };
}

type ByLanguage = Readonly<Record<string, string>>;
type Words = (texts: ByLanguage, path: Path) => ByLanguage;

function wordsOf({ files }: LiveProject, file: string, mark: Mark): Words {
  const text = files[file] ?? '';
  const yaml = readYaml(file, text, z.unknown());
  return (texts, path) =>
    Object.fromEntries(
      Object.entries(texts).map(([language, words]) => {
        const { line, column } = yaml.positionOf([...path, language]);
        return [language, mark(file, offsetOf(text, line, column)) + words];
      }),
    );
}

function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let count = 1; count < line; count++) start = text.indexOf('\n', start) + 1;
  return start + column - 1;
}
