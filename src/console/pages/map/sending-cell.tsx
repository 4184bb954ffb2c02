import { useFormat } from '../../app/format.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { CellButton } from './cell-button.tsx';
import { Delta } from './delta.tsx';
import classes from './map.module.css';
import { readable } from './names.ts';
import type { CellProps } from './people-cell.tsx';
import { sendingByWorkflow, type WorkflowSending } from './sending.ts';
import { WORDS } from './words.ts';

/** Which workflows speak to people here, in which tone, and what was held back. */
export function SendingCell({ stage }: CellProps) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { number } = useFormat();
  const workflows = sendingByWorkflow(stage.sending);
  const before = stage.before && sendingByWorkflow(stage.before.sending);
  if (workflows.length === 0) return <p className={classes.quiet}>{words.nothing_sent}</p>;
  return (
    <ul className={classes.list}>
      {workflows.map((one) => (
        <li key={one.workflow}>
          <CellButton
            cell={{ kind: 'workflow', stage: stage.stage, key: one.workflow }}
            name={readable(one.workflow)}
            stage_title={inLanguage(stage.title, language)}
          >
            <span className={classes.line}>
              <span>{readable(one.workflow)}</span>
              <span className={classes.count}>{number(one.sent)}</span>
            </span>
            <Delta
              now={one.sent}
              before={before && (before.find(({ workflow }) => workflow === one.workflow)?.sent ?? 0)}
              say={number}
            />
            <Tones of={one} />
          </CellButton>
        </li>
      ))}
    </ul>
  );
}

function Tones({ of }: { readonly of: WorkflowSending }) {
  const words = useWords(WORDS);
  const { number } = useFormat();
  const parts = [
    ...of.tones.map(({ tone, sent }) => `${readable(tone)} ${number(sent)}`),
    ...(of.held_back > 0 ? [`${number(of.held_back)} ${words.held_back}`] : []),
    ...(of.refused > 0 ? [`${number(of.refused)} ${words.refused}`] : []),
  ];
  return <span className={classes.quiet}>{parts.join(' · ')}</span>;
}
