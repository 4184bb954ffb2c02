import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../../app/words.ts';
import classes from './map.module.css';
import { useOpenCell, type Cell } from './open-cell.ts';
import { WORDS } from './words.ts';

export interface CellButtonProps {
  readonly cell: Cell;
  /** What it is, and of which stage. */
  readonly name: string;
  readonly stage_title: string;
  readonly children: ReactNode;
}

/** A figure that opens the numbers behind it. */
export function CellButton({ cell, name, stage_title, children }: CellButtonProps) {
  const words = useWords(WORDS);
  const [, open] = useOpenCell();
  return (
    <UnstyledButton
      className={classes.opens}
      title={words.behind(name, stage_title)}
      onClick={() => open(cell)}
    >
      {children}
    </UnstyledButton>
  );
}
