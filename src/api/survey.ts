import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { storable } from '../core/events/segment/plain-json.ts';
import { scoresOf } from '../core/messages/survey.ts';
import { escapeHtml, preparePages, sendPage } from './page.ts';
import { wordsIn } from './survey/words.ts';

export interface SurveyOptions {
  /** The name of the shop, for the page. */
  name(): string;
  /** The message that the token was made for; undefined for a token that was not made here. */
  find(token: string): Promise<FoundSurvey | undefined>;
  answer(message_id: string, answer: Answer): Promise<void>;
}

export interface FoundSurvey {
  readonly message_id: string;
  /** Null where the message does not ask any more. */
  readonly survey: string | null;
  readonly language: string;
}

export interface Answer {
  readonly survey: string;
  readonly score: number;
  readonly comment: string | null;
}

/**
 * The page behind every link of a survey, with the score of the link already chosen. Only its button counts: mail
 * scanners and prefetchers follow every link of a message, and would answer with each of its scores.
 */
export function surveyRoutes(options: SurveyOptions): FastifyPluginAsync {
  return async (app) => {
    preparePages(app, MOST_BYTES, wordsIn('en'));
    const documented = { tags: ['Links'], hide: true };

    app.get<{ Params: { token: string }; Querystring: { score?: unknown } }>(
      '/s/:token',
      { schema: documented },
      async (request, reply) => {
        const found = await options.find(request.params.token);
        if (!isOpen(found)) return sayWhyNot(reply, found);
        const given = { score: readScore(found.survey, request.query.score), comment: null };
        return ask(reply, 200, found, options.name(), given);
      },
    );

    app.post<{ Params: { token: string }; Body: unknown }>(
      '/s/:token',
      { schema: documented },
      async (request, reply) => {
        const found = await options.find(request.params.token);
        if (!isOpen(found)) return sayWhyNot(reply, found);
        const given = readForm(found.survey, request.body);
        const { score, comment } = given;
        if (score === undefined) return ask(reply, 400, found, options.name(), given);
        await options.answer(found.message_id, { survey: found.survey, score, comment });
        return say(reply, 200, found.language, wordsIn(found.language).thanks(options.name()));
      },
    );
  };
}

type OpenSurvey = FoundSurvey & { readonly survey: string };

function isOpen(found: FoundSurvey | undefined): found is OpenSurvey {
  return found !== undefined && found.survey !== null;
}

/** A comment of the longest length in the longest letters, written as a form does. */
const MOST_BYTES = 32 * 1024;
const LONGEST_COMMENT = 2000;

interface Given {
  /** Undefined where none was chosen, or none that the survey has. */
  readonly score: number | undefined;
  readonly comment: string | null;
}

function readForm(survey: string, body: unknown): Given {
  const form = new URLSearchParams(typeof body === 'string' ? body : '');
  const comment = storable(form.get('comment') ?? '')
    .trim()
    .slice(0, LONGEST_COMMENT);
  const score = readScore(survey, form.get('score'));
  return { score, comment: comment === '' ? null : storable(comment) };
}

function readScore(survey: string, value: unknown): number | undefined {
  return scoresOf(survey).find((score) => String(score) === value);
}

function ask(
  reply: FastifyReply,
  status: number,
  { survey, language }: OpenSurvey,
  name: string,
  given: Given,
): FastifyReply {
  const words = wordsIn(language);
  const scores = scoresOf(survey).map(
    (score) =>
      `<label><input type="radio" name="score" value="${score}" required${score === given.score ? ' checked' : ''}> ${score}</label>`,
  );
  const [lowest, highest] = words.ends;
  const unclear = status === 400 ? `<p role="alert">${words.unclear}</p>` : '';
  const below = `${unclear}<form method="post"><fieldset><legend>${words.choose}</legend>
<div class="scores">${scores.join('')}</div><div class="ends"><span>${lowest}</span><span>${highest}</span></div></fieldset>
<label>${words.comment}<textarea name="comment" rows="4" maxlength="${LONGEST_COMMENT}">${escapeHtml(given.comment ?? '')}</textarea></label>
<button>${words.button}</button></form>`;
  return sendPage(reply, {
    status,
    language,
    title: words.title,
    sentence: words.question(survey, name),
    below,
  });
}

function sayWhyNot(reply: FastifyReply, found: FoundSurvey | undefined): FastifyReply {
  if (!found) return say(reply, 404, 'en', wordsIn('en').unknown);
  return say(reply, 410, found.language, wordsIn(found.language).ended);
}

function say(reply: FastifyReply, status: number, language: string, sentence: string): FastifyReply {
  return sendPage(reply, { status, language, title: wordsIn(language).title, sentence });
}
