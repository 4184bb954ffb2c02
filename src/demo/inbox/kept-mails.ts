/** The newest mails in memory: raw bytes and a summary each, oldest dropped first. */
import type { MailMarks, MailSummary, MarkName } from './mail.ts';

export interface MailFilter extends MailMarks {
  /** Every word must occur in subject, sender, recipient or one of the marks; case and accents do not matter. */
  q?: string;
  /** One recipient's whole address. */
  to?: string;
  /** Only mails with a smaller `seq`: the cursor towards older ones. */
  before?: number;
  /** Only mails with a greater `seq`: what is new since. */
  after?: number;
  /** At most so many, newest first; all when absent. */
  limit?: number;
}

/** How many kept mails bear each value of a mark. */
export type Facets = Record<MarkName, Record<string, number>>;

export interface KeptMail {
  summary: MailSummary;
  raw: Buffer;
  /** What a search looks through; made at the first search. */
  searchable?: string;
}

export interface KeptMails {
  add(kept: KeptMail): void;
  get(seq: number): KeptMail | undefined;
  /** Newest first. */
  find(filter: MailFilter): KeptMail[];
  facets(): Facets;
  size(): number;
  clear(): void;
}

const MARKS: readonly MarkName[] = ['tone', 'stage', 'workflow', 'template', 'language'];

/** Keeps at most `most` mails and about `mostBytes` of them, and always the newest one. */
export function keepMails(most: number, mostBytes: number): KeptMails {
  const mails = new Map<number, KeptMail>();
  const counts = emptyCounts();
  let bytes = 0;

  const drop = (kept: KeptMail): void => {
    mails.delete(kept.summary.seq);
    bytes -= kept.raw.length;
    count(counts, kept.summary, -1);
  };

  return {
    add(kept) {
      mails.set(kept.summary.seq, kept);
      bytes += kept.raw.length;
      count(counts, kept.summary, 1);
      for (const oldest of mails.values()) {
        if (mails.size === 1 || (mails.size <= most && bytes <= mostBytes)) break;
        drop(oldest);
      }
    },
    get: (seq) => mails.get(seq),
    find: (filter) => findNewestFirst([...mails.values()], filter),
    facets: () => toFacets(counts),
    size: () => mails.size,
    clear() {
      for (const kept of mails.values()) drop(kept);
    },
  };
}

function findNewestFirst(mails: readonly KeptMail[], filter: MailFilter): KeptMail[] {
  const words = fold(filter.q ?? '')
    .split(/\s+/)
    .filter((word) => word !== '');
  const limit = filter.limit ?? Infinity;
  const found: KeptMail[] = [];
  for (let at = mails.length - 1; at >= 0 && found.length < limit; at -= 1) {
    const kept = mails[at];
    if (kept && matches(kept, filter, words)) found.push(kept);
  }
  return found;
}

function matches(kept: KeptMail, filter: MailFilter, words: readonly string[]): boolean {
  const { summary } = kept;
  if (filter.before !== undefined && summary.seq >= filter.before) return false;
  if (filter.after !== undefined && summary.seq <= filter.after) return false;
  if (MARKS.some((mark) => filter[mark] !== undefined && filter[mark] !== summary[mark])) return false;
  if (filter.to !== undefined && !goesTo(summary, filter.to)) return false;
  return words.every((word) => searchable(kept).includes(word));
}

function goesTo(summary: MailSummary, address: string): boolean {
  const wanted = address.toLowerCase();
  return summary.envelope.to.some((recipient) => recipient.toLowerCase() === wanted);
}

function searchable(kept: KeptMail): string {
  const { summary } = kept;
  kept.searchable ??= fold(
    [
      summary.subject,
      summary.from,
      summary.to,
      ...summary.envelope.to,
      ...MARKS.map((mark) => summary[mark] ?? ''),
    ].join('\n'),
  );
  return kept.searchable;
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

type Counts = Record<MarkName, Map<string, number>>;

function emptyCounts(): Counts {
  return {
    tone: new Map(),
    stage: new Map(),
    workflow: new Map(),
    template: new Map(),
    language: new Map(),
  };
}

function count(counts: Counts, summary: MailSummary, by: 1 | -1): void {
  for (const mark of MARKS) {
    const value = summary[mark];
    if (value === undefined) continue;
    const now = (counts[mark].get(value) ?? 0) + by;
    if (now > 0) counts[mark].set(value, now);
    else counts[mark].delete(value);
  }
}

function toFacets(counts: Counts): Facets {
  return {
    tone: Object.fromEntries(counts.tone),
    stage: Object.fromEntries(counts.stage),
    workflow: Object.fromEntries(counts.workflow),
    template: Object.fromEntries(counts.template),
    language: Object.fromEntries(counts.language),
  };
}
