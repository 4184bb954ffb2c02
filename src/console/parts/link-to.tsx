import { Anchor, Button, type AnchorProps, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface Content {
  readonly children?: ReactNode;
}

/** A link to another page of the console: `<LinkTo to="/contacts/$id" params={{ id }}>`. */
export const LinkTo = createLink((props: AnchorProps & Content) => <Anchor {...props} />);

/** The same that looks like a button. */
export const ButtonTo = createLink((props: ButtonProps & Content) => <Button component="a" {...props} />);
