/** One message: five small templates and a context in, the finished texts out. Runs inside the rendering thread. */
import type { JsonObject } from '../core/json.ts';
import { compileTemplate, type Template } from './template.ts';
import { wrapText } from './wrap.ts';

/** The Handlebars sources of one message in one language. */
export interface MessageTemplates {
  readonly subject: string;
  /** Of `compileEmail`; empty for a channel without HTML, whose text is then not broken into lines. */
  readonly html: string;
  /** Of `textTemplate`, or the words themselves for a channel without HTML. */
  readonly text: string;
  readonly preheader?: string;
  readonly greeting: string;
  readonly sign_off: string;
}

export type RenderResult =
  | { readonly ok: true; readonly subject: string; readonly html: string; readonly text: string }
  | { readonly ok: false; readonly reason: string };

/** Templates ready to run. */
export interface MessageSet {
  readonly subject: Template;
  readonly html: Template;
  readonly text: Template;
  readonly preheader: Template;
  readonly greeting: Template;
  readonly sign_off: Template;
  readonly wrapped: boolean;
}

/** Size of HTML or text above which a message is refused. */
const MAX_OUTPUT = 512 * 1024;
const MAX_SUBJECT = 500;

/** @throws Error naming the template and the place when one of them breaks a rule. */
export function compileSet(templates: MessageTemplates): MessageSet {
  const plain = (name: 'subject' | 'text' | 'preheader' | 'greeting' | 'sign_off') =>
    named(name, () => compileTemplate(templates[name] ?? '', { plain: true }));
  return {
    subject: plain('subject'),
    html: named('html', () => compileTemplate(templates.html)),
    text: plain('text'),
    preheader: plain('preheader'),
    greeting: plain('greeting'),
    sign_off: plain('sign_off'),
    wrapped: templates.html !== '',
  };
}

function named(name: string, compile: () => Template): Template {
  try {
    return compile();
  } catch (error) {
    throw new Error(`${name}: ${messageOf(error)}`, { cause: error });
  }
}

/** Never throws: what goes wrong is the reason of this one message. */
export function renderMessage(set: MessageSet, context: JsonObject): RenderResult {
  try {
    return checkedSize(renderAll(set, context));
  } catch (error) {
    return { ok: false, reason: `The template failed: ${messageOf(error)}` };
  }
}

type Rendered = RenderResult & { readonly ok: true };

/** Greeting and sign-off come first because subject, HTML and text may quote them. */
function renderAll(set: MessageSet, fields: JsonObject): Rendered {
  const bare = { ...fields, greeting: '', sign_off: '', subject: '', preheader: '' };
  const greeting = oneLine(set.greeting(bare)).replace(/ +(?=[,:.!?]$)/, '');
  const voiced = { ...bare, greeting, sign_off: oneLine(set.sign_off(bare)) };
  const subject = oneLine(set.subject(voiced));
  const context = { ...voiced, subject, preheader: oneLine(set.preheader(voiced)) };
  const html = set.html(context);
  const text = set.text(context);
  return { ok: true, subject, html, text: set.wrapped ? wrapText(text) : text.trim() };
}

/** Control characters, line ends and halves of characters would break out of a header (RFC 5322, 2.2). */
function oneLine(text: string): string {
  const line = text
    .slice(0, MAX_SUBJECT * 4)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return line.slice(0, MAX_SUBJECT).replace(/\p{Surrogate}/gu, '');
}

function checkedSize(message: Rendered): RenderResult {
  const size = Math.max(Buffer.byteLength(message.html), Buffer.byteLength(message.text));
  if (size <= MAX_OUTPUT) return message;
  return { ok: false, reason: `The message has ${size} bytes, at most ${MAX_OUTPUT} are allowed.` };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
