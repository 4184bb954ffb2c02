import { useWords } from '../../app/words.ts';
import { Icon } from '../../parts/icon.tsx';
import classes from './map.module.css';
import { WORDS } from './words.ts';

export interface DeltaProps {
  readonly now: number | null;
  /** Absent: nothing is compared. */
  readonly before: number | null | undefined;
  readonly say: (value: number) => string;
}

/** By how much it is more or less than in the period before, in a sign and in words. */
export function Delta({ now, before, say }: DeltaProps) {
  const words = useWords(WORDS);
  if (now === null || before === null || before === undefined) return null;
  const change = now - before;
  if (change === 0) return <span className={classes.delta}>{words.same}</span>;
  const told = say(Math.abs(change));
  return (
    <span className={classes.delta} title={words.before_was(say(before))}>
      <Icon name={change > 0 ? 'up' : 'down'} size={11} />
      {change > 0 ? words.more(told) : words.less(told)}
    </span>
  );
}
