import { Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../app/words.ts';
import { Failed } from './failed.tsx';

const WORDS = {
  en: { loading: 'Loading', empty: 'There is nothing here yet.' },
  es: { loading: 'Cargando', empty: 'Aquí no hay nada todavía.' },
};

export interface LoadProps<T> {
  /** What useQuery answered. */
  readonly of: {
    readonly data: T | undefined;
    readonly error: unknown;
    readonly refetch: () => unknown;
  };
  readonly isEmpty?: (data: T) => boolean;
  /** What is said where there is nothing; a plain sentence if it is absent. */
  readonly empty?: ReactNode;
  /** What stands there until it is loaded; three grey lines if it is absent. */
  readonly skeleton?: ReactNode;
  readonly children: (data: T) => ReactNode;
}

/** Something that is loaded: until then, where it fails, and where it is empty. */
export function Load<T>({ of, isEmpty, empty, skeleton, children }: LoadProps<T>) {
  const words = useWords(WORDS);
  const { data, error, refetch } = of;
  if (data === undefined)
    return error ? (
      <Failed error={error} again={() => void refetch()} />
    ) : (
      <div role="status" aria-busy="true">
        <VisuallyHidden>{words.loading}</VisuallyHidden>
        {skeleton ?? <Lines />}
      </div>
    );
  if (isEmpty?.(data)) return empty ?? <Text c="dimmed">{words.empty}</Text>;
  return (
    <>
      {Boolean(error) && <Failed error={error} again={() => void refetch()} />}
      {children(data)}
    </>
  );
}

function Lines() {
  return (
    <Stack gap="sm">
      <Skeleton h={18} w="60%" />
      <Skeleton h={18} />
      <Skeleton h={18} w="80%" />
    </Stack>
  );
}
