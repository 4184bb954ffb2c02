import type { MapStage } from '../../../api/map/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { Icon } from '../../parts/icon.tsx';
import { stageColor } from '../../parts/stage.ts';
import { CellButton } from './cell-button.tsx';
import { Delta } from './delta.tsx';
import classes from './map.module.css';
import { Sure } from './sure.tsx';
import { WORDS } from './words.ts';

export interface CellProps {
  readonly stage: MapStage;
  /** Whether it stands beside what was planned. */
  readonly against_plan: boolean;
  readonly last: boolean;
}

/** Who is in the stage, who came, and who goes on to the next. */
export function PeopleCell(props: CellProps) {
  const { stage } = props;
  const words = useWords(WORDS);
  const language = useLanguage();
  const { number } = useFormat();
  const { people, before } = stage;
  return (
    <CellButton
      cell={{ kind: 'people', stage: stage.stage, key: undefined }}
      name={words.row_people}
      stage_title={inLanguage(stage.title, language)}
    >
      <span>
        <span className={classes.big}>{number(people.at_end)}</span>{' '}
        {people.at_end === 1 ? words.people_one : words.people}
      </span>
      <Delta now={people.at_end} before={before?.people.at_end} say={number} />
      <span className={classes.quiet}>
        {number(people.entered)} {words.entered}
        {people.went_back > 0 && ` · ${number(people.went_back)} ${words.went_back}`}
      </span>
      <Flow {...props} />
      <Sure of={people.sure} />
    </CellButton>
  );
}

function Flow({ stage, against_plan, last }: CellProps) {
  const words = useWords(WORDS);
  const { percent, days } = useFormat();
  const { people, planned, before } = stage;
  const goal = people.goal === null ? null : (planned.our_goal?.share ?? null);
  if (last) return <span className={classes.quiet}>{words.stay}</span>;
  if (people.to_next === null) return <span className={classes.quiet}>{words.nobody_yet}</span>;
  return (
    <>
      <FlowBar share={people.to_next} goal={goal} color={stageColor(stage.stage)} />
      <span className={classes.flow}>
        <Icon name="right" size={13} />
        <strong>{words.go_on(percent(people.to_next))}</strong>
        {people.days_until_next !== null && <span>{words.after_days(days(people.days_until_next))}</span>}
      </span>
      <Delta now={people.to_next} before={before?.people.to_next} say={percent} />
      {(against_plan || goal !== null) && <GoalLine stage={stage} />}
    </>
  );
}

function GoalLine({ stage: { people, planned } }: { readonly stage: MapStage }) {
  const words = useWords(WORDS);
  const { percent } = useFormat();
  if (!planned.our_goal) return null;
  const share = percent(planned.our_goal.share);
  return (
    <span className={classes.quiet}>
      {words.goal}:{' '}
      {people.goal === null ? words.goal_planned(share) : words.goal_reached(percent(people.goal), share)}
    </span>
  );
}

interface FlowBarProps {
  readonly share: number;
  readonly goal: number | null;
  readonly color: string;
}

function FlowBar({ share, goal, color }: FlowBarProps) {
  const place = (part: number): string => `${Math.min(100, Math.max(0, part * 100))}%`;
  return (
    <svg className={classes.bar} width="100%" height={8} aria-hidden="true">
      <rect width="100%" height={8} rx={4} fill="var(--line)" />
      <rect width={place(share)} height={8} rx={4} fill={color} />
      {goal !== null && (
        <line
          x1={place(goal)}
          x2={place(goal)}
          y1={0}
          y2={8}
          stroke="var(--mantine-color-text)"
          strokeWidth={2}
        />
      )}
    </svg>
  );
}
