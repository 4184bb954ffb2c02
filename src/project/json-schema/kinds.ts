import type { z } from 'zod';
import { workflowSchema } from '../../core/workflows/compile.ts';
import { dataFileSchema } from '../files/data-file.ts';
import { hoursFileSchema } from '../files/hours-file.ts';
import { mapFileSchema } from '../files/map-file.ts';
import { messageFileSchema } from '../files/message-file.ts';
import { segmentsFileSchema } from '../files/segments-file.ts';
import { settingsFileSchema } from '../files/settings-file.ts';
import { stagesFileSchema } from '../files/stages-file.ts';
import { toneFileSchema } from '../files/tone-file.ts';

/** The schema of each kind of file, by the name of its JSON Schema. */
export const FILE_SCHEMAS = {
  etapa: settingsFileSchema,
  stages: stagesFileSchema,
  tone: toneFileSchema,
  hours: hoursFileSchema,
  data: dataFileSchema,
  segments: segmentsFileSchema,
  map: mapFileSchema,
  workflow: workflowSchema,
  message: messageFileSchema,
} as const satisfies Readonly<Record<string, z.ZodType>>;

export type FileKind = keyof typeof FILE_SCHEMAS | 'tests';

/** Which files each JSON Schema is for, as an editor's pattern from the folder of the project. */
export const FILES_OF: Readonly<Record<FileKind, string>> = {
  etapa: 'etapa.yaml',
  stages: 'workflows/journey/stages.yaml',
  tone: 'workflows/journey/tone.yaml',
  hours: 'workflows/journey/hours.yaml',
  data: 'workflows/journey/data.yaml',
  segments: 'workflows/journey/segments.yaml',
  map: 'workflows/journey/map.yaml',
  workflow: 'workflows/*.yaml',
  message: 'templates/*/message.yaml',
  tests: 'workflows/tests/*.yaml',
};
