import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

export interface WideTableProps {
  /** What is in it, for those who do not see it. */
  readonly label: string;
  readonly head: readonly string[];
  readonly children: ReactNode;
}

/** A table that moves sideways where the screen is narrow, also by the keyboard. */
export function WideTable({ label, head, children }: WideTableProps) {
  return (
    <div tabIndex={0} role="region" aria-label={label} style={{ overflowX: 'auto' }}>
      <Table verticalSpacing="xs" miw={640} striped={false} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {head.map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </div>
  );
}
