import { Button, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { SyntheticEvent, ReactNode } from 'react';
import { Failed } from '../../parts/failed.tsx';
import { tell } from '../../parts/tell.ts';
import { WindowFoot } from '../../parts/window-foot.tsx';
import { useChanged } from './person-key.ts';

export interface FormWindowProps {
  readonly title: string;
  /** What it means, before it is done. */
  readonly about?: string;
  /** What the button says. */
  readonly yes: string;
  /** What is told once it is done. */
  readonly done: string;
  readonly isWhole?: boolean;
  readonly isDanger?: boolean;
  readonly close: () => void;
  readonly send: () => Promise<unknown>;
  /** In place of reading the contact anew. */
  readonly after?: () => void;
  readonly children: ReactNode;
}

/** A window that asks for something, does it, and says what came of it. */
export function FormWindow(props: FormWindowProps) {
  const { title, about, yes, done, isWhole = true, isDanger = false, close, send, after, children } = props;
  const changed = useChanged();
  const sending = useMutation({
    mutationFn: send,
    onSuccess: () => {
      tell.done(done);
      close();
      (after ?? changed)();
    },
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    sending.mutate();
  };
  return (
    <Modal opened onClose={close} title={title} centered>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {about !== undefined && <Text fz="sm">{about}</Text>}
          {children}
          {sending.error && <Failed error={sending.error} />}
          <WindowFoot onCancel={close}>
            <Button
              type="submit"
              loading={sending.isPending}
              disabled={!isWhole}
              {...(isDanger && { color: 'red.9' })}
            >
              {yes}
            </Button>
          </WindowFoot>
        </Stack>
      </form>
    </Modal>
  );
}
