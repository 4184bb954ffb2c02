import { TextInput, type TextInputProps } from '@mantine/core';
import { useEffect, useState } from 'react';

export interface TypedFilterProps extends Omit<TextInputProps, 'value' | 'onChange'> {
  readonly value: string;
  /** Once the reader has finished typing: by Enter, or by leaving the field. */
  readonly onDone: (value: string) => void;
}

/** A filter that is typed: it asks once, and not with every letter. */
export function TypedFilter({ value, onDone, ...props }: TypedFilterProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const done = (): void => {
    if (typed.trim() !== value) onDone(typed.trim());
  };
  return (
    <TextInput
      {...props}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === 'Enter') done();
      }}
    />
  );
}
