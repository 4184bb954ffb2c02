/** Segments that ask for each other in a circle, and rules that ask for what is only decided after them. */
import type { Condition } from '../../core/conditions/condition.ts';
import type { Path } from '../../core/schema.ts';
import type { Problem } from '../problem.ts';
import { JOURNEY, problemAt, type Lint, type LintInput } from './input.ts';

export const askingCircles: Lint = (input) => [...segmentCircles(input), ...askedTooEarly(input)];

/** Each circle is told once, at the segment of it that stands first. */
function segmentCircles(input: LintInput): Problem[] {
  const { segments } = input.segments;
  const ids = Object.keys(segments);
  const asked = new Map(ids.map((id) => [id, segments[id] ? idsAsked(segments[id].when, 'segment') : []]));
  return ids.flatMap((id, place) => {
    const circle = circleFrom(id, asked, new Set(ids.slice(0, place)));
    if (!circle) return [];
    const message = `segments ask for each other in a circle: ${circle.join(' → ')}; let one of them say without the others who is in it`;
    return [problemAt(input, 'error', `${JOURNEY}segments.yaml`, ['segments', id], message, 'key')];
  });
}

/** The shortest way back that leads through none of these others. */
function circleFrom(
  id: string,
  asked: ReadonlyMap<string, readonly string[]>,
  others: ReadonlySet<string>,
): readonly string[] | undefined {
  const seen = new Set(others);
  let paths: readonly (readonly string[])[] = [[id]];
  while (paths.length > 0) {
    const longer = paths.flatMap((path) =>
      (asked.get(path.at(-1) ?? '') ?? []).map((next): readonly string[] => [...path, next]),
    );
    const closed = longer.find((path) => path.at(-1) === id);
    if (closed) return closed;
    paths = longer.filter((path) => {
      const last = path.at(-1) ?? '';
      return !seen.has(last) && seen.add(last);
    });
  }
  return undefined;
}

/** Segments come first, then personas, then moods: what asks for a later one would never be answered. */
function askedTooEarly(input: LintInput): Problem[] {
  const told = (file: string, path: Path, who: string, when: Condition, kinds: readonly Kind[]): Problem[] =>
    kinds
      .filter((kind) => idsAsked(when, kind).length > 0)
      .map((kind) => {
        const message = `a ${who} cannot ask for a ${kind}, as that is decided after it; write out what the ${kind} asks for`;
        return problemAt(input, 'error', `${JOURNEY}${file}`, path, message);
      });
  return [
    ...Object.entries(input.segments.segments).flatMap(([id, { when }]) =>
      told('segments.yaml', ['segments', id, 'when'], 'segment', when, ['persona', 'mood']),
    ),
    ...input.map.personas.flatMap(({ when }, index) =>
      when ? told('map.yaml', ['personas', index, 'when'], 'persona', when, ['persona', 'mood']) : [],
    ),
    ...input.tone.moods.flatMap((mood, index) =>
      'when' in mood ? told('tone.yaml', ['moods', index, 'when'], 'mood', mood.when, ['mood']) : [],
    ),
  ];
}

type Kind = 'segment' | 'persona' | 'mood';

function idsAsked(condition: Condition, kind: Kind): readonly string[] {
  switch (condition.subject) {
    case 'all':
      return condition.all.flatMap((part) => idsAsked(part, kind));
    case 'any':
      return condition.any.flatMap((part) => idsAsked(part, kind));
    case 'none':
      return condition.none.flatMap((part) => idsAsked(part, kind));
    case 'segment':
      return kind === 'segment' ? condition.segment : [];
    case 'persona':
      return kind === 'persona' ? condition.persona : [];
    case 'mood':
      return kind === 'mood' ? condition.mood : [];
    default:
      return [];
  }
}
