import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../app/words.ts';

const WORDS = { en: { cancel: 'Cancel' }, es: { cancel: 'Cancelar' } };

export interface WindowFootProps {
  readonly onCancel: () => void;
  /** Enter cancels, where doing it cannot be taken back. */
  readonly isCancelFirst?: boolean;
  /** The button that does it. */
  readonly children: ReactNode;
}

/** How each window ends that asks for something. */
export function WindowFoot({ onCancel, isCancelFirst = false, children }: WindowFootProps) {
  const words = useWords(WORDS);
  return (
    <Group justify="flex-end" gap="xs">
      <Button variant="default" onClick={onCancel} {...(isCancelFirst && { 'data-autofocus': true })}>
        {words.cancel}
      </Button>
      {children}
    </Group>
  );
}
