/** What the journey map answers, for whoever reads it. */
export type {
  JourneyMap,
  MapDays,
  MapFigures,
  MapStage,
  Opportunity,
  Sureness,
} from '../../core/map/shapes.ts';
