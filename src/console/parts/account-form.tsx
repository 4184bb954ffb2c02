import { Alert, Button, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode, type SubmitEvent } from 'react';
import { useAccountSentence } from '../app/account-sentence.ts';

export interface AccountFormProps {
  /** What the button says. */
  readonly action: string;
  /** Rejects with what was refused, which is then said above the button. */
  readonly send: (fields: FormData) => Promise<void>;
  /** Whether everything is forgotten that was asked before, because somebody else asks from now on. */
  readonly changes_who_asks?: boolean;
  readonly children: ReactNode;
}

/** A form about an account: its fields are read when it is sent, so that what browsers fill in counts. */
export function AccountForm({ action, send, changes_who_asks = false, children }: AccountFormProps) {
  const queries = useQueryClient();
  const sentenceOf = useAccountSentence();
  const [sending, setSending] = useState(false);
  const [refused, setRefused] = useState<string>();
  const submit = async (form: HTMLFormElement): Promise<void> => {
    setSending(true);
    setRefused(undefined);
    try {
      await send(new FormData(form));
      if (changes_who_asks) queries.clear();
      form.reset();
    } catch (error) {
      setRefused(sentenceOf(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <form
      onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <Stack>
        {children}
        {refused !== undefined && (
          <Alert color="red" role="alert" py="xs">
            {refused}
          </Alert>
        )}
        <Button type="submit" loading={sending}>
          {action}
        </Button>
      </Stack>
    </form>
  );
}

/** A field of it, as text. */
export function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}
