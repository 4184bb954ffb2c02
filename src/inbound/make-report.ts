/** One shape and one id for every report. */
import { createHash } from 'node:crypto';
import type { Instant } from '../core/events/event.ts';
import type { Report } from '../core/messages/report.ts';
import { oneLine } from '../core/one-line.ts';

/** What was read in a mail about one address. */
export type Finding = Pick<Report, 'kind' | 'class' | 'address' | 'status' | 'diagnostic'>;

export interface Origin {
  /** Equal for the same mail that comes twice: its Message-ID, or what stands for it. */
  readonly mail_id: string;
  readonly message_id: string | null;
  readonly at: Instant;
}

/** A mail that names more has another purpose. */
const MOST_REPORTS = 100;

export function makeReports(findings: readonly Finding[], origin: Origin): Report[] {
  const reports = findings.slice(0, MOST_REPORTS).map((finding) => makeReport(finding, origin));
  return [...new Map(reports.map((report) => [report.id, report])).values()];
}

function makeReport({ kind, class: of, address, status, diagnostic }: Finding, origin: Origin): Report {
  const { mail_id, message_id, at } = origin;
  const id = createHash('sha256')
    .update(JSON.stringify([mail_id, message_id, kind, address, status]))
    .digest('base64url')
    .slice(0, 32);
  const said = diagnostic === null ? '' : oneLine(diagnostic);
  return { id, kind, class: of, address, status, diagnostic: said === '' ? null : said, at, message_id };
}
