import { scanMustaches, type Mustache } from './mustaches.ts';

/**
 * A text whose Handlebars tags were replaced by plain words (`hbq0z`, `hbq1z`, …), so that a converter which knows
 * nothing of Handlebars (MJML, html-to-text) neither changes nor drops them unnoticed.
 */
export interface Hidden {
  readonly text: string;
  readonly tags: readonly Mustache[];
  /** Puts the tags back into what the converter made. */
  restore(converted: string): string;
  /** Which of the tags (index in `tags`) are still in what the converter made. */
  kept(converted: string): ReadonlySet<number>;
}

/** Handlebars comments are removed, not hidden: nobody needs them after this. */
export function hideMustaches(source: string): Hidden {
  const tags = scanMustaches(source).filter((tag) => tag.kind !== 'comment');
  const prefix = unusedPrefix(source);
  const word = new RegExp(`${prefix}(\\d+)z`, 'g');
  return {
    text: replaceTags(source, prefix),
    tags,
    restore: (converted) =>
      converted.replace(word, (whole, index) => raw(source, tags[Number(index)]) ?? whole),
    kept: (converted) => new Set([...converted.matchAll(word)].map((match) => Number(match[1]))),
  };
}

/** The same text with every tag and Handlebars comment blotted out by a filler of the same length: places stay. */
export function blotMustaches(source: string): string {
  return rewrite(source, (tag, whole) => (tag.kind === 'comment' ? blank(whole) : BLOT.repeat(whole.length)));
}

/** A private-use character: no template has a reason to hold it. */
export const BLOT = '\uE000';

/** Spaces in place of all but line ends. */
export function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

function replaceTags(source: string, prefix: string): string {
  let index = 0;
  return rewrite(source, (tag, whole) => (tag.kind === 'comment' ? blank(whole) : `${prefix}${index++}z`));
}

function rewrite(source: string, put: (tag: Mustache, whole: string) => string): string {
  let out = '';
  let from = 0;
  for (const tag of scanMustaches(source)) {
    out += source.slice(from, tag.start) + put(tag, source.slice(tag.start, tag.end));
    from = tag.end;
  }
  return out + source.slice(from);
}

function unusedPrefix(source: string): string {
  let prefix = 'hbq';
  while (source.includes(prefix)) prefix += 'q';
  return prefix;
}

function raw(source: string, tag: Mustache | undefined): string | undefined {
  return tag && source.slice(tag.start, tag.end);
}
