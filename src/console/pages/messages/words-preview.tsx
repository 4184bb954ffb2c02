import { Alert, Badge, Code, Group, List, Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { TemplatePreview } from '../../../api/templates/shapes.ts';
import { apiSend } from '../../app/client.ts';
import { useWords } from '../../app/words.ts';
import { Load } from '../../parts/load.tsx';
import { MailFrame } from '../../parts/mail-frame.tsx';
import { ReasonText } from '../../parts/reason-text.tsx';

const WORDS = {
  en: {
    frame: (subject: string, tone: string, language: string) => `${subject}: ${tone}, ${language}`,
    held: 'It would be held back now:',
    warnings: 'What should be better',
    error: 'must be mended:',
    nothing_written: 'It says nothing: what it tells is that it is due.',
    en: 'English',
    es: 'Spanish',
  },
  es: {
    frame: (subject: string, tone: string, language: string) => `${subject}: ${tone}, ${language}`,
    held: 'Ahora se retendría:',
    warnings: 'Lo que debería mejorar',
    error: 'hay que arreglarlo:',
    nothing_written: 'No lleva texto: solo avisa de que toca enviarlo.',
    en: 'inglés',
    es: 'español',
  },
};

/** As wide as mail is read on a desktop, and on a phone. */
export const WIDTHS = { desktop: 640, phone: 375 } as const;

export interface WordsPreviewProps {
  readonly message: string;
  readonly channel?: string;
  /** Absent: as the rules say. */
  readonly tone?: string | undefined;
  readonly language?: string | undefined;
  /** Absent: somebody made up. */
  readonly contact?: string | undefined;
  readonly width: number;
}

/** The words of a message as they would leave now. */
export function WordsPreview({ message, width, contact, ...asked }: WordsPreviewProps) {
  const preview = useQuery({
    queryKey: ['preview', message, contact, asked],
    queryFn: () =>
      apiSend<TemplatePreview>('POST', `/v1/templates/${encodeURIComponent(message)}/preview`, {
        ...asked,
        ...(contact ? { contact_id: contact } : {}),
      }),
  });
  return (
    <Paper withBorder p="sm" w={width + 26} maw="100%">
      <Load of={preview}>{(made) => <Made made={made} width={width} />}</Load>
    </Paper>
  );
}

function Made({ made, width }: { readonly made: TemplatePreview; readonly width: number }) {
  const words = useWords(WORDS);
  const { subject, preheader, html, text, tone, language, formality, because, held_back, warnings } = made;
  const spoken = language === 'es' ? words.es : words.en;
  return (
    <Stack gap="xs">
      <Group gap={6}>
        <Badge variant="default" tt="none">
          {tone}
        </Badge>
        <Badge variant="default" tt="none">
          {spoken}, {formality}
        </Badge>
      </Group>
      {subject !== '' && (
        <div>
          <Text fw={600}>{subject}</Text>
          <Text fz="sm" c="dimmed">
            {preheader}
          </Text>
        </div>
      )}
      <Text fz="xs" c="dimmed">
        <ReasonText of={because} />
      </Text>
      {held_back && (
        <Alert color="gray" py="xs">
          {words.held} <ReasonText of={held_back} />
        </Alert>
      )}
      {html !== '' && <MailFrame html={html} title={words.frame(subject, tone, spoken)} width={width} />}
      {html === '' &&
        (text === '' ? <Text fz="sm">{words.nothing_written}</Text> : <Code block>{text}</Code>)}
      {warnings.length > 0 && (
        <div>
          <Text fz="sm" fw={500}>
            {words.warnings}
          </Text>
          <List size="xs" spacing={2}>
            {warnings.map(({ severity, message, quote }) => (
              <List.Item key={`${message} ${quote}`} lang="en">
                {severity === 'error' && `${words.error} `}
                {message}
                {quote !== '' && ` (${quote})`}
              </List.Item>
            ))}
          </List>
        </div>
      )}
    </Stack>
  );
}
