/** How it was, from what people say of it themselves. */
import { readNumber } from '../events/commerce.ts';
import type { Event } from '../events/event.ts';
import { scoresOf } from '../messages/survey.ts';
import type { FactKind } from './fact.ts';

interface Said {
  readonly fact: FactKind;
  readonly key: string;
  readonly total: number;
}

/** From -2 (very bad) to 2 (very good): answers and ratings over their whole scale; a complaint is very bad. */
export function saidBy(event: Event): readonly Said[] {
  switch (event.name) {
    case 'survey_answered':
      return saidByAnswer(event);
    case 'product_reviewed': {
      const rating = readNumber(event.properties, 'rating');
      return rating === undefined ? [] : [{ fact: 'feeling', key: 'rating', total: onScale(rating, 1, 5) }];
    }
    case 'complaint_opened':
      return [{ fact: 'feeling', key: 'complaint', total: -2 }];
    default:
      return [];
  }
}

const PROMOTES_FROM = 9;
const DETRACTS_TO = 6;

/**
 * Promoters answer 9 or 10, detractors 0 to 6: F. F. Reichheld, "The One Number You Need to Grow", Harvard Business
 * Review, December 2003.
 */
function saidByAnswer({ properties }: Event): readonly Said[] {
  const { survey } = properties;
  const score = readNumber(properties, 'score');
  if (typeof survey !== 'string' || score === undefined) return [];
  const scores = scoresOf(survey);
  const [lowest = 0, highest = 0] = [scores[0], scores.at(-1)];
  if (!(score >= lowest && score <= highest)) return [];
  const felt: Said = { fact: 'feeling', key: 'survey', total: onScale(score, lowest, highest) };
  if (highest === 5) return [felt, { fact: 'csat', key: '', total: score }];
  const promotes = score >= PROMOTES_FROM ? 1 : score <= DETRACTS_TO ? -1 : 0;
  return [felt, { fact: 'nps', key: '', total: promotes }];
}

function onScale(value: number, lowest: number, highest: number): number {
  const within = Math.min(highest, Math.max(lowest, value));
  return ((within - lowest) / (highest - lowest)) * 4 - 2;
}
