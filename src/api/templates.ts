/** The messages of the project by the API: which there are, and one as it would leave. Nothing is sent. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../app.ts';
import type { Limit } from '../core/messages/may-send.ts';
import { durationWords } from '../core/time/duration.ts';
import { plainValue } from '../core/workflows/verb.ts';
import { UserError } from '../errors.ts';
import type { Access } from './access.ts';
import { ApiProblem } from './problem.ts';
import {
  templateList,
  templatePreview,
  type TemplateList,
  type TemplatePreview,
} from './templates/shapes.ts';
import { documentedBy, prepareZodRoutes, readAs, type Documented } from './zod-routes.ts';

export interface TemplateOptions {
  readonly access: Access;
  readonly desk: App['templates'];
}

type ByMessage = { Params: { message: string } };

/** GET /v1/templates, POST /v1/templates/:message/preview */
export function templateRoutes({ access, desk }: TemplateOptions): FastifyPluginAsync {
  return async (app) => {
    prepareZodRoutes(app, access, 'read');

    app.get('/v1/templates', documentedBy(LISTED), async () => listed(desk.list()));

    const options = { ...documentedBy(PREVIEWED), bodyLimit: MOST_BYTES };
    app.post<ByMessage>('/v1/templates/:message/preview', options, (request) =>
      preview(request, request.params.message, { access, desk }),
    );
  };
}

const MOST_BYTES = 512 * 1024;

async function preview(
  request: FastifyRequest,
  message: string,
  { access, desk }: TemplateOptions,
): Promise<TemplatePreview> {
  const { contact_id: contact, ...asked } = readAs(previewBody, request.body);
  if (contact !== undefined) await access(request, 'people');
  if (asked.files) await access(request, 'publish');
  return previewed(message, await orProblem(desk.preview({ ...asked, message, contact })));
}

function listed({ templates, limits, ...list }: ReturnType<App['templates']['list']>): TemplateList {
  const { promotions, fewer } = limits;
  return {
    languages: [...list.languages],
    tones: [...list.tones],
    limits: {
      promotions: promotions && limitWords(promotions),
      fewer: limitWords(fewer),
      any: limits.any && limitWords(limits.any),
    },
    templates: templates.map(({ for_stages, covers, channels, sent_by, ...template }) => ({
      ...template,
      for_stages: for_stages && [...for_stages],
      covers: [...covers],
      channels: channels.map((one) => ({ ...one, languages: [...one.languages] })),
      sent_by: sent_by.map((one) => ({ ...one, steps: [...one.steps] })),
    })),
  };
}

function limitWords({ messages, per }: Limit): TemplateList['limits']['fewer'] {
  return { messages, per: { en: durationWords(per, 'en'), es: durationWords(per, 'es') } };
}

type Made = Awaited<ReturnType<App['templates']['preview']>>;

function previewed(message: string, { prose, warnings, ...made }: Made): TemplatePreview {
  return { message, ...made, warnings: [...warnings] };
}

async function orProblem<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new ApiProblem(error.code === 'no_such_message' ? 404 : 422, error.code, error.message);
  }
}

const previewBody = z
  .strictObject({
    channel: z.string().optional().describe('The first that it has words for when absent.'),
    tone: z.string().optional().describe('As the rules say when absent.'),
    language: z.string().optional().describe('The language of the receiver when absent.'),
    contact_id: z
      .string()
      .max(255)
      .optional()
      .describe(
        "For somebody who is known: Etapa's id, your id, or an e-mail address. Asks for the right `people`.",
      ),
    fields: z
      .record(z.string(), plainValue)
      .optional()
      .describe('For somebody made up: what else is known of her.'),
    files: z
      .record(
        z
          .string()
          .regex(/^templates\/[\w-]+\/[\w.-]+$/, { error: 'only files of templates/ can be put in place' }),
        z.string(),
      )
      .optional()
      .describe('Files in place of those that are live, by their path. Asks for the right `publish`.'),
  })
  .refine(({ contact_id, fields }) => contact_id === undefined || fields === undefined, {
    path: ['fields'],
    error: 'fields are for somebody made up; leave them out, or "contact_id"',
  });

const TAG = 'Templates';

const LISTED: Documented = {
  tag: TAG,
  summary: 'List the messages of the project',
  answers: {
    200: { description: 'Messages with their languages, channels and limits', holds: templateList },
  },
};

const PREVIEWED: Documented = {
  tag: TAG,
  summary: 'Make the words of a message without sending it',
  description: [
    'As it would leave now, by the code that makes those which are sent, with the words of today: those of a message',
    'that was sent are not kept. Its links lead nowhere.',
  ].join(' '),
  params: z.object({ message: z.string().describe('The id of a message of the project.') }),
  body: previewBody,
  answers: { 200: { description: 'The words, and what should be better', holds: templatePreview } },
};
