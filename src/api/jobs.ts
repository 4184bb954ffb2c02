/** Work that takes long, by the API: how far it is, and what came of it. */
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import type { Job, Jobs } from '../engine/jobs.ts';
import type { Access } from './access.ts';
import { job as shape } from './jobs/shapes.ts';
import { ApiProblem } from './problem.ts';
import { documentedBy, prepareZodRoutes } from './zod-routes.ts';

export interface JobOptions {
  readonly jobs: Jobs;
  readonly access: Access;
}

export function jobRoutes({ jobs, access }: JobOptions): FastifyPluginAsync {
  return async (app) => {
    prepareZodRoutes(app, access, 'publish');

    app.get<{ Params: { id: string } }>('/v1/jobs/:id', documentedBy(READ), async (request) => {
      const { source } = await access(request, 'publish');
      const found = jobs.find(request.params.id, source);
      if (found) return jobAnswer(found);
      throw new ApiProblem(404, 'job_unknown', 'There is no such job of yours any more: begin it again.');
    });
  };
}

/** As it is told to whoever began it. */
export function jobAnswer({ id, kind, state, progress, result, error }: Job): object {
  return { id, kind, state, progress, result, error };
}

const READ = {
  tag: 'Jobs',
  summary: 'Tell how far a job is, and what came of it',
  description:
    'Jobs live in the memory of the process that began them, for ten minutes after their end. Ask the same process.',
  params: z.object({ id: z.string() }),
  answers: { 200: { description: 'The job', holds: shape } },
};
