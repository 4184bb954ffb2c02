import { createHash } from 'node:crypto';
import type { Incident, Notice } from '../core/notices/notice.ts';
import { occurrencesOf } from '../core/notices/occurrences.ts';
import type { NoticeSource } from '../core/notices/source.ts';
import { tellingWorkflow } from '../core/notices/telling.ts';
import type { Calendar } from '../core/time/calendar.ts';
import type { Around } from '../core/workflows/compile.ts';
import type { Workflow } from '../core/workflows/workflow.ts';
import type { MessageTemplate } from './messages.ts';

interface Hours {
  /** With the public holidays that close them. */
  readonly calendars: Readonly<Record<string, Calendar>>;
  readonly notices?: readonly NoticeSource[] | undefined;
}

/** The notices of a project, with all times at which they are on. */
export function noticesOf(
  { calendars, notices = [] }: Hours,
  zone: string,
  incidents: readonly Incident[],
): readonly Notice[] {
  return notices.map((source) => {
    const { id, text = null, show_in = [], show_from = null, meanwhile = {}, tell } = source;
    const { pause = [], hold_back = [] } = meanwhile;
    const occurrences = occurrencesOf(source, { calendars, zone, incidents });
    return {
      id,
      occurrences,
      text,
      show_in,
      show_from,
      pause,
      hold_back,
      message: tell?.template ?? null,
      zone,
    };
  });
}

/** The workflows that tell them. */
export function tellingsOf(
  notices: readonly Notice[],
  { notices: sources = [] }: Hours,
  templates: Readonly<Record<string, MessageTemplate>>,
  around: Around,
): readonly Workflow[] {
  return sources.flatMap((source, index) => {
    const notice = notices[index];
    const { tell } = source;
    if (!notice || !tell) return [];
    const purpose = templates[tell.template]?.purpose ?? 'service';
    return [tellingWorkflow(notice, { tell, purpose, version: versionOf(source) }, around)];
  });
}

function versionOf(source: NoticeSource): string {
  return createHash('sha256').update(JSON.stringify(source)).digest('hex').slice(0, 12);
}
