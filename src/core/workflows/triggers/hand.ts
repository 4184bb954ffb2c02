/** `enter_when: manual`: runs start only by hand, by the API or from another workflow. */
import { z } from 'zod';
import type { Trigger } from '../workflow.ts';

export type HandTrigger = Extract<Trigger, { by: 'hand' }>;

export const MANUAL = 'manual';

export const handSchema = z.literal(MANUAL).transform((): HandTrigger => ({ by: 'hand' }));
