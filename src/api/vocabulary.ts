/** The names that the project gives to things: what forms offer, and what conditions may refer to. */
import type { FastifyPluginAsync } from 'fastify';
import type { App } from '../app.ts';
import { DERIVED_FIELDS } from '../core/conditions/subjects/field.ts';
import { inBoth } from '../core/reason.ts';
import type { Access } from './access.ts';
import { vocabulary } from './vocabulary/shapes.ts';
import { documentedBy, prepareZodRoutes } from './zod-routes.ts';

export interface VocabularyOptions {
  readonly access: Access;
  readonly live: App['live'];
}

export function vocabularyRoutes({ access, live }: VocabularyOptions): FastifyPluginAsync {
  return async (app) => {
    prepareZodRoutes(app, access, 'read');
    app.get('/v1/vocabulary', documentedBy(VOCABULARY), async () => {
      const { project, segments, map, settings, data, tone } = live();
      return {
        stages: project.stages.list.map(({ id, title }) => ({ id, title })),
        segments: named(segments.segments),
        personas: map.personas.map(({ id, name }) => ({ id, title: inBoth(name, id) })),
        topics: named(settings.topics),
        moods: tone.moods.map((mood) => ('otherwise' in mood ? mood.otherwise : mood.id)),
        messages: Object.keys(project.messages).sort(),
        workflows: [...project.workflows.values()].map(({ id, status }) => ({ id, status })),
        languages: [...project.languages],
        events: Object.keys(data?.events ?? {}).sort(),
        fields: [...Object.keys(data?.fields ?? {}), ...DERIVED_FIELDS].sort(),
      };
    });
  };
}

type Titled = Readonly<Record<string, { readonly title?: Parameters<typeof inBoth>[0] }>>;

function named(list: Titled) {
  return Object.entries(list).map(([id, { title }]) => ({ id, title: inBoth(title, id) }));
}

const VOCABULARY = {
  tag: 'Project',
  summary: 'List the names that the live project gives to things',
  answers: { 200: { description: 'The names', holds: vocabulary } },
};
