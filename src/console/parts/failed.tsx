import { Alert, Button, Stack, Text } from '@mantine/core';
import { ApiError } from '../app/client.ts';
import { useWords } from '../app/words.ts';

const WORDS = {
  en: {
    title: 'This could not be loaded',
    unreachable: 'The server cannot be reached. Check your connection.',
    forbidden: 'Your role does not have the right to see this. Ask an owner.',
    again: 'Try again',
  },
  es: {
    title: 'No se ha podido cargar',
    unreachable: 'No se puede llegar al servidor. Compruebe su conexión.',
    forbidden: 'Su función no tiene permiso para ver esto. Pídaselo a un propietario.',
    again: 'Intentar de nuevo',
  },
};

export interface FailedProps {
  readonly error: unknown;
  readonly again?: () => void;
}

/** What went wrong, and the way to try again. */
export function Failed({ error, again }: FailedProps) {
  const words = useWords(WORDS);
  return (
    <Alert color="red" title={words.title} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text fz="sm">{useSentence(error)}</Text>
        {again && (
          <Button size="xs" variant="default" onClick={again}>
            {words.again}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

function useSentence(error: unknown): string {
  const words = useWords(WORDS);
  if (error instanceof ApiError) {
    if (error.status === 0) return words.unreachable;
    if (error.status === 403) return words.forbidden;
  }
  return error instanceof Error ? error.message : String(error);
}
