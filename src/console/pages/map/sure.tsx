import type { Sureness } from '../../../api/map/shapes.ts';
import { useWords } from '../../app/words.ts';
import classes from './map.module.css';
import { WORDS } from './words.ts';

const FILLED: Readonly<Record<Sureness, string>> = {
  no_data: '',
  little: 'M4 0.8a3.2 3.2 0 0 1 0 6.4z',
  enough: 'M4 0.8a3.2 3.2 0 0 1 0 6.4 3.2 3.2 0 0 1 0-6.4z',
};

/** How much a figure can be relied on: an empty, half or full circle, and the word. */
export function Sure({ of }: { readonly of: Sureness }) {
  const words = useWords(WORDS);
  return (
    <span className={classes.sure}>
      <svg width={9} height={9} viewBox="0 0 8 8" aria-hidden="true">
        <circle cx={4} cy={4} r={3.2} fill="none" stroke="currentColor" />
        <path d={FILLED[of]} fill="currentColor" />
      </svg>
      {words[`sure_${of}`]}
    </span>
  );
}
