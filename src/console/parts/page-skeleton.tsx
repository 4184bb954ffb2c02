import { Skeleton, Stack, VisuallyHidden } from '@mantine/core';
import { useWords } from '../app/words.ts';

const WORDS = { en: { loading: 'Loading' }, es: { loading: 'Cargando' } };

/** Where a page will be. */
export function PageSkeleton() {
  const words = useWords(WORDS);
  return (
    <Stack gap="md" role="status" aria-busy="true">
      <VisuallyHidden>{words.loading}</VisuallyHidden>
      <Skeleton h={28} w={240} />
      <Skeleton h={120} />
      <Skeleton h={220} />
    </Stack>
  );
}
