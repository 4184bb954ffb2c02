import { Alert, Button, List, Stack, Text } from '@mantine/core';
import type { ProjectProblem } from '../../../api/project-edits/shapes.ts';
import { useWords } from '../../app/words.ts';

const WORDS = {
  en: { sound: 'Nothing is wrong.', errors: 'To be mended', warnings: 'Could be better', line: 'line' },
  es: { sound: 'Todo está bien.', errors: 'Hay que corregirlo', warnings: 'Se puede mejorar', line: 'línea' },
};

export interface ProblemsProps {
  /** The file that is shown beside; problems of others name theirs. */
  readonly path: string;
  readonly problems: readonly ProjectProblem[];
  readonly onGo: (line: number) => void;
}

/** What is wrong, with the mend; announced as it changes. */
export function Problems({ path, problems, onGo }: ProblemsProps) {
  const words = useWords(WORDS);
  const errors = problems.filter(({ severity }) => severity === 'error');
  const warnings = problems.filter(({ severity }) => severity === 'warning');
  return (
    <Stack gap="xs" role="status" aria-live="polite">
      {problems.length === 0 && (
        <Text fz="sm" c="dimmed">
          {words.sound}
        </Text>
      )}
      {errors.length > 0 && (
        <Alert color="red" title={words.errors}>
          <Lines path={path} problems={errors} onGo={onGo} />
        </Alert>
      )}
      {warnings.length > 0 && (
        <Alert color="yellow" title={words.warnings}>
          <Lines path={path} problems={warnings} onGo={onGo} />
        </Alert>
      )}
    </Stack>
  );
}

function Lines({ path, problems, onGo }: ProblemsProps) {
  const words = useWords(WORDS);
  return (
    <List fz="sm" spacing={4} listStyleType="none">
      {problems.slice(0, 20).map(({ file, line, column, sentence, mend }) => (
        <List.Item key={`${file}:${line}:${column}:${sentence}`}>
          {file === path ? (
            <Button variant="transparent" size="compact-sm" px={0} mr={6} onClick={() => onGo(line)}>
              {words.line} {line}
            </Button>
          ) : (
            <b>{`${file}:${line} `}</b>
          )}
          {sentence}
          {mend !== null && <b>{`; ${mend}`}</b>}
        </List.Item>
      ))}
    </List>
  );
}
