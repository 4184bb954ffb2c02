import { Button, Modal, Stack, Text } from '@mantine/core';
import { createContext, use, useCallback, useState, type ReactNode } from 'react';
import { WindowFoot } from './window-foot.tsx';

/** Asks before something that cannot be taken back; `yes` is what the button says that does it. */
export type Confirm = (title: string, sentence: string, yes: string) => Promise<boolean>;

const ConfirmContext = createContext<Confirm>(() => Promise.resolve(false));

export function useConfirm(): Confirm {
  return use(ConfirmContext);
}

interface Asked {
  readonly title: string;
  readonly sentence: string;
  readonly yes: string;
  readonly answer: (yes: boolean) => void;
}

export function ConfirmProvider({ children }: { readonly children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  const [asked, setAsked] = useState<Asked>();
  const confirm = useCallback<Confirm>(
    (title, sentence, yes) =>
      new Promise((resolve) => {
        setAsked({ title, sentence, yes, answer: resolve });
        setOpened(true);
      }),
    [],
  );
  const answer = (yes: boolean): void => {
    setOpened(false);
    asked?.answer(yes);
  };
  return (
    <ConfirmContext value={confirm}>
      {children}
      <Modal opened={opened} onClose={() => answer(false)} title={asked?.title} centered>
        <Stack>
          <Text fz="sm">{asked?.sentence}</Text>
          <WindowFoot onCancel={() => answer(false)} isCancelFirst>
            <Button onClick={() => answer(true)}>{asked?.yes}</Button>
          </WindowFoot>
        </Stack>
      </Modal>
    </ConfirmContext>
  );
}
