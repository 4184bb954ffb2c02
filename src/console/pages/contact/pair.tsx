import { Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';

export interface PairProps {
  readonly name: ReactNode;
  readonly children: ReactNode;
}

/** A name and its value on one line. */
export function Pair({ name, children }: PairProps) {
  return (
    <Group justify="space-between" align="baseline" gap="xs" wrap="nowrap">
      <Text fz="sm" c="dimmed" component="span">
        {name}
      </Text>
      <Text fz="sm" component="span" ta="right" style={{ overflowWrap: 'anywhere' }}>
        {children}
      </Text>
    </Group>
  );
}
