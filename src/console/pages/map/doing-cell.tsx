import type { MapStage } from '../../../api/map/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { CellButton } from './cell-button.tsx';
import { Delta } from './delta.tsx';
import classes from './map.module.css';
import { readable } from './names.ts';
import type { Cell } from './open-cell.ts';
import type { CellProps } from './people-cell.tsx';
import { PlannedTexts } from './planned-texts.tsx';
import { eventsBeyondPlan, touchpointsOf, type Counted } from './touchpoints.ts';
import { WORDS } from './words.ts';

/** What is counted of each touchpoint that was planned, and what happens beside the plan. */
export function DoingCell({ stage, against_plan }: CellProps) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const touchpoints = touchpointsOf(stage);
  const others = eventsBeyondPlan(stage);
  return (
    <>
      {touchpoints.length === 0 && <p className={classes.quiet}>{words.nothing_planned}</p>}
      <ul className={classes.list}>
        {touchpoints.map((one) => (
          <CountedLine key={one.key} stage={stage} name={inLanguage(one.name, language)} {...one.counted} />
        ))}
      </ul>
      {others.length > 0 && <p className={classes.label}>{words.beyond_plan}</p>}
      <ul className={classes.list}>
        {others.map(({ event, n, before }) => (
          <CountedLine
            key={event}
            stage={stage}
            name={readable(event)}
            cell={{ kind: 'event', stage: stage.stage, key: event }}
            n={n}
            before={before}
          />
        ))}
      </ul>
      <OrdersLine stage={stage} />
      {against_plan && (
        <>
          <PlannedTexts title={words.plan_doing} texts={stage.planned.doing} />
          <PlannedTexts title={words.plan_thinking} texts={stage.planned.thinking} />
        </>
      )}
    </>
  );
}

interface CountedLineProps extends Counted {
  readonly stage: MapStage;
  readonly name: string;
}

function CountedLine({ stage, name, cell, n, before }: CountedLineProps) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { number } = useFormat();
  if (!cell || n === null)
    return (
      <li className={classes.unmeasured}>
        <span>{name}</span>
        <span>{words.not_measured}</span>
      </li>
    );
  return (
    <li>
      <CellButton cell={cell} name={name} stage_title={inLanguage(stage.title, language)}>
        <span className={classes.line}>
          <span>{name}</span>
          <span className={classes.count}>{number(n)}</span>
        </span>
        <Delta now={n} before={before} say={number} />
      </CellButton>
    </li>
  );
}

function OrdersLine({ stage }: { readonly stage: MapStage }) {
  const words = useWords(WORDS);
  if (stage.orders === 0) return null;
  const cell: Cell = { kind: 'orders', stage: stage.stage, key: undefined };
  return (
    <ul className={classes.list}>
      <CountedLine
        stage={stage}
        name={words.orders}
        cell={cell}
        n={stage.orders}
        before={stage.before?.orders}
      />
    </ul>
  );
}
