import { Button, Card, Center, Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { useLanguage, useSpeak } from '../app/words.ts';
import { Icon } from './icon.tsx';

export interface DoorProps {
  readonly title: string;
  readonly about?: string | undefined;
  readonly children: ReactNode;
}

/** What stands before the console: a card for whoever is not inside yet. */
export function Door({ title, about, children }: DoorProps) {
  useEffect(() => {
    document.title = `${title} · Etapa`;
  }, [title]);
  return (
    <Center component="main" mih="100vh" p="md">
      <Stack w="100%" maw={420} gap="md">
        <Group justify="space-between">
          <Group gap={8}>
            <Icon name="mark" size={28} />
            <Text fw={700} fz="xl">
              Etapa
            </Text>
          </Group>
          <OtherLanguage />
        </Group>
        <Card withBorder padding="lg">
          <Stack>
            <div>
              <Title order={1}>{title}</Title>
              {about !== undefined && (
                <Text c="dimmed" fz="sm" mt={4}>
                  {about}
                </Text>
              )}
            </div>
            {children}
          </Stack>
        </Card>
      </Stack>
    </Center>
  );
}

const NAMES = { en: 'English', es: 'Español' } as const;

function OtherLanguage() {
  const other = useLanguage() === 'en' ? 'es' : 'en';
  const speak = useSpeak();
  return (
    <Button variant="subtle" size="compact-sm" lang={other} onClick={() => speak(other)}>
      {NAMES[other]}
    </Button>
  );
}
