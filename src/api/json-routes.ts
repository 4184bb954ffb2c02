/** Routes that are documented by JSON Schemas, and read what they are given by themselves, to tell the mend. */
// Brings the types of `config.swaggerTransform`.
import type {} from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { answerApiProblem } from './problem.ts';

/** The schemas of these routes are documentation; what is wrong is told by whoever reads. */
export function prepareJsonRoutes(app: FastifyInstance): void {
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  app.setErrorHandler(answerApiProblem);
}

/** The route's `config`: its schemas are JSON Schemas, whatever the rest of the API documents itself with. */
export const AS_IT_IS = {
  swaggerTransform: <S>({ schema, url }: { schema: S; url: string }) => ({ schema, url }),
};
