/** What the journey map answers, for whoever reads it. */
export type { JourneyMap, MapDays, MapStage, Opportunity, Sureness } from '../../core/map/shapes.ts';
