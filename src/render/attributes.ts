/** What may stand in the attributes of a tag, and where a value may stand: escaping alone does not make every place safe. */
import { BLOT } from './hidden.ts';
import type { Mustache } from './mustaches.ts';

export interface Attribute {
  readonly name: string;
  /** The written value with Handlebars tags blotted out. */
  readonly value: string;
  readonly tags: readonly Mustache[];
}

const URL_NAMES = new Set(['href', 'src', 'background-url']);
const TEXT_NAMES = /^(alt|title|name|lang|dir|class|css-class|aria-.*)$/;
/** Helpers and fields that print nothing but a checked address. */
const SAFE_URLS = new Set(['url', 'unsubscribe_url']);

/** What is wrong with the attribute, and how to mend it; undefined when nothing is. */
export function attributeMessage(attribute: Attribute): string | undefined {
  const name = attribute.name.toLowerCase();
  if (name.startsWith('on')) return `The attribute ${name} runs script, which no mail shows. Leave it out.`;
  if (URL_NAMES.has(name)) return urlMessage(name, attribute);
  if (attribute.tags.length === 0 || TEXT_NAMES.test(name)) return undefined;
  return `{{ }} cannot stand in the attribute ${name}. Write two versions of the whole tag and choose with {{#if}}.`;
}

function urlMessage(name: string, { value, tags }: Attribute): string | undefined {
  if (/^\s*(javascript|vbscript|data):/i.test(value))
    return `${name} must be an http, https or mailto address.`;
  if (startsWritten(value)) return undefined;
  const unsafe = tags.find((tag) => tag.kind === 'value' && !SAFE_URLS.has(tag.name));
  return unsafe && `A value in ${name} may lead anywhere: write {{url ${unsafe.name}}}.`;
}

/** The host is written out, so a value behind it can only choose the page. */
function startsWritten(value: string): boolean {
  const host = value.split(BLOT, 1)[0] ?? '';
  return /^\s*(https?:\/\/[^/?#]+[/?#]|mailto:)/i.test(host);
}
