import { Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';

export interface PageProps {
  readonly title: ReactNode;
  /** What stands in the browser's tab, where the title is no plain text. */
  readonly tab?: string;
  /** A line below the title. */
  readonly about?: ReactNode;
  /** Buttons at the right of the title; the main one last. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function Page({ title, tab, about, actions, children }: PageProps) {
  const name = tab ?? (typeof title === 'string' ? title : undefined);
  useEffect(() => {
    document.title = name === undefined ? 'Etapa' : `${name} · Etapa`;
  }, [name]);
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start" gap="sm">
        <div>
          <Title order={1}>{title}</Title>
          {about !== undefined && (
            <Text c="dimmed" fz="sm" mt={2}>
              {about}
            </Text>
          )}
        </div>
        {actions !== undefined && (
          <Group gap="xs" className="not-printed">
            {actions}
          </Group>
        )}
      </Group>
      {children}
    </Stack>
  );
}
