import { Badge } from '@mantine/core';
import type { WorkflowAbout } from '../../../api/workflows/shapes.ts';
import { useWords } from '../../app/words.ts';
import { WORDS } from './words.ts';

const COLORS = { live: 'teal', draft: 'gray', paused: 'yellow', stopped: 'red' } as const;

export function StatusBadge({ status }: { readonly status: WorkflowAbout['status'] }) {
  const words = useWords(WORDS);
  return (
    <Badge variant="outline" color={COLORS[status]} tt="none" fw={500} className="status-badge">
      {words.status[status]}
    </Badge>
  );
}
