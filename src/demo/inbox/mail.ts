/** One caught mail: what is known at once from its headers, and what is read only when somebody looks. */
import PostalMime from 'postal-mime';
import type { Instant } from '../../core/events/event.ts';
import { decodeHeaders, headerValue, readHeaders } from './headers.ts';
import type { MailHeader } from './headers.ts';

export interface Envelope {
  /** The return path; empty for the null sender. */
  from: string;
  to: string[];
}

/** What the engine writes about a mail into its headers, for people who look at it. */
export interface MailMarks {
  /** X-Etapa-Tone */
  tone?: string;
  /** X-Etapa-Stage */
  stage?: string;
  /** X-Etapa-Workflow */
  workflow?: string;
  /** X-Etapa-Template */
  template?: string;
  /** Content-Language */
  language?: string;
}

/** Enough for a line in a list. */
export interface MailSummary extends MailMarks {
  /** Counts up from 1 as long as the catcher runs; never used twice, also after a clear. */
  seq: number;
  caught_at: Instant;
  /** The Date header; the moment of the catch when it is missing or unreadable. */
  date: Instant;
  /** With its angle brackets, empty when the mail has none. */
  message_id: string;
  envelope: Envelope;
  from: string;
  to: string;
  subject: string;
  /** Bytes, dot-stuffing undone. */
  raw_size: number;
}

export interface CaughtMail extends MailSummary {
  headers: MailHeader[];
  /** Only from `get`: the HTML part. */
  html?: string;
  /** Only from `get`: the text part. */
  text?: string;
  /** Only from `get`: why the parts could not be read, in a sentence. */
  problem?: string;
}

export type MarkName = keyof MailMarks;
const MARK_HEADERS: Readonly<Record<MarkName, string>> = {
  tone: 'x-etapa-tone',
  stage: 'x-etapa-stage',
  workflow: 'x-etapa-workflow',
  template: 'x-etapa-template',
  language: 'content-language',
};

/** Reads the headers only, so that it can keep up with a fast sender. */
export function summarise(seq: number, caughtAt: Instant, envelope: Envelope, raw: Buffer): MailSummary {
  const headers = readHeaders(raw);
  const header = (name: string): string => headerValue(headers, name) ?? '';
  return {
    seq,
    caught_at: caughtAt,
    date: readDate(header('date'), caughtAt),
    message_id: header('message-id'),
    envelope,
    from: header('from') || envelope.from,
    to: header('to') || envelope.to.join(', '),
    subject: header('subject'),
    raw_size: raw.length,
    ...readMarks(headers),
  };
}

/** The mail as a list gives it: no parts. */
export function withHeaders(summary: MailSummary, raw: Buffer): CaughtMail {
  return { ...summary, headers: decodeHeaders(readHeaders(raw)) };
}

/** The whole mail. A mail whose MIME cannot be read still comes back, with its `problem`. */
export async function readWhole(summary: MailSummary, raw: Buffer): Promise<CaughtMail> {
  const mail = withHeaders(summary, raw);
  try {
    const { html, text } = await PostalMime.parse(raw);
    return { ...mail, ...(html === undefined ? {} : { html }), ...(text === undefined ? {} : { text }) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...mail, problem: `The parts of this mail could not be read: ${reason}` };
  }
}

function readDate(value: string, fallback: Instant): Instant {
  const date = Date.parse(value);
  return Number.isNaN(date) ? fallback : date;
}

function readMarks(headers: readonly MailHeader[]): MailMarks {
  const marks: MailMarks = {};
  for (const [mark, header] of Object.entries(MARK_HEADERS) as [MarkName, string][]) {
    const value = headerValue(headers, header);
    if (value !== undefined) marks[mark] = value;
  }
  return marks;
}
