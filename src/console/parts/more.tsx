import { Button, Group } from '@mantine/core';
import { useWords } from '../app/words.ts';

const WORDS = { en: { more: 'Show more' }, es: { more: 'Mostrar más' } };

export interface MoreProps {
  /** What usePages answered. */
  readonly of: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => Promise<unknown>;
  };
}

/** Below a list of which there is more. */
export function More({ of }: MoreProps) {
  const words = useWords(WORDS);
  if (!of.hasNextPage) return null;
  return (
    <Group justify="center">
      <Button variant="default" loading={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>
        {words.more}
      </Button>
    </Group>
  );
}
