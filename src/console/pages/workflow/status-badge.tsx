import { Badge } from '@mantine/core';
import type { WorkflowAbout } from '../../../api/workflows/shapes.ts';
import { useWords } from '../../app/words.ts';
import { WORDS } from './words.ts';

const COLORS = { live: 'teal', draft: 'gray', paused: 'yellow', stopped: 'red' } as const;

/** The word says it; the colour only repeats it. */
export function StatusBadge({ status }: { readonly status: WorkflowAbout['status'] }) {
  const words = useWords(WORDS);
  const dot = (
    <svg width={8} height={8} viewBox="0 0 8 8" aria-hidden="true">
      <circle cx={4} cy={4} r={4} fill={`var(--mantine-color-${COLORS[status]}-6)`} />
    </svg>
  );
  return (
    <Badge variant="default" tt="none" fw={500} leftSection={dot}>
      {words.status[status]}
    </Badge>
  );
}
