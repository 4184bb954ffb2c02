import { Text } from '@mantine/core';
import type { AnswerTree } from '../../../api/contacts/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { ReasonText } from '../../parts/reason-text.tsx';

const WORDS = {
  en: { all: 'all of', any: 'any of', none: 'none of', yes: 'holds', no: 'does not hold', until: 'until' },
  es: {
    all: 'todo esto',
    any: 'algo de esto',
    none: 'nada de esto',
    yes: 'se cumple',
    no: 'no se cumple',
    until: 'hasta',
  },
};

/** A condition part by part, each with whether it holds. That all of a list must hold goes without saying. */
export function AnswerParts({ tree }: { readonly tree: AnswerTree }) {
  const parts = tree.kind === 'all' ? tree.parts : [tree];
  return (
    <ul className="answer-parts">
      {parts.map((part) => (
        <Part key={`${part.kind} ${part.because.en}`} tree={part} />
      ))}
    </ul>
  );
}

function Part({ tree }: { readonly tree: AnswerTree }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const { kind, holds, because, until, parts } = tree;
  return (
    <li>
      <Text fz="sm" component="span">
        <span role="img" aria-label={holds ? words.yes : words.no}>
          {holds ? '✔' : '✖'}
        </span>{' '}
        {kind === 'one' ? <ReasonText of={because} /> : words[kind]}
        {until !== null && kind === 'one' && (
          <Text span inherit c="dimmed">
            {' '}
            ({words.until} {format.moment(until)})
          </Text>
        )}
      </Text>
      {parts.length > 0 && (
        <ul className="answer-parts">
          {parts.map((part) => (
            <Part key={`${part.kind} ${part.because.en}`} tree={part} />
          ))}
        </ul>
      )}
    </li>
  );
}
