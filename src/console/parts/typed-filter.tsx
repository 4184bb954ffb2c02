import { TextInput, type TextInputProps } from '@mantine/core';
import { useState } from 'react';

export interface TypedFilterProps extends Omit<TextInputProps, 'value' | 'onChange'> {
  readonly value: string;
  /** Once the reader has finished typing: by Enter, or by leaving the field. */
  readonly onDone: (value: string) => void;
}

/** A filter that is typed: it asks once, and not with every letter. What the address says anew begins anew. */
export function TypedFilter(props: TypedFilterProps) {
  return <Typed key={props.value} {...props} />;
}

function Typed({ value, onDone, ...props }: TypedFilterProps) {
  const [typed, setTyped] = useState(value);
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
