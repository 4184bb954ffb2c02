import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { useWords } from '../../app/words.ts';
import { Icon } from '../../parts/icon.tsx';
import { tell } from '../../parts/tell.ts';

const WORDS = {
  en: {
    copy: 'Copy',
    copied: 'It is copied.',
    not_copied: 'It could not be copied: select it by hand.',
    close: 'I have it',
  },
  es: {
    copy: 'Copiar',
    copied: 'Está copiado.',
    not_copied: 'No se ha podido copiar: selecciónelo a mano.',
    close: 'Ya lo tengo',
  },
};

export interface ToldOnceProps {
  readonly title: string;
  readonly about: string;
  /** A link or a key that is not shown again. */
  readonly text: string;
  readonly close: () => void;
}

export function ToldOnce({ title, about, text, close }: ToldOnceProps) {
  const words = useWords(WORDS);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      tell.done(words.copied);
    } catch {
      tell.failed(new Error(words.not_copied));
    }
  };
  return (
    <Alert title={title} role="status">
      <Stack gap="xs">
        <Text fz="sm">{about}</Text>
        <Code block style={{ whiteSpace: 'pre-wrap', wordBreak: 'break-all' }}>
          {text}
        </Code>
        <Group gap="xs">
          <Button size="xs" leftSection={<Icon name="link" size={14} />} onClick={() => void copy()}>
            {words.copy}
          </Button>
          <Button size="xs" variant="default" onClick={close}>
            {words.close}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
