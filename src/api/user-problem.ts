/** What the accounts of users refuse, as the API answers it. */
import type { FastifyReply } from 'fastify';
import { UserError } from '../errors.ts';
import { TooManyTries } from '../engine/passwords.ts';
import { ApiProblem } from './problem.ts';

/** @throws ApiProblem in place of a UserError. */
export async function orUserProblem<T>(reply: FastifyReply, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof TooManyTries) reply.header('retry-after', String(error.seconds));
    if (!(error instanceof UserError)) throw error;
    const [status, pointer] = ANSWERS[error.code] ?? [422];
    throw new ApiProblem(status, error.code, error.message, pointer);
  }
}

type Answer = readonly [status: ApiProblem['status'], pointer?: string];

const ANSWERS: Readonly<Record<string, Answer>> = {
  too_many_tries: [429],
  sign_in_refused: [401],
  password_wrong: [422, '/old'],
  password_too_short: [422, '/password'],
  password_too_long: [422, '/password'],
  password_is_your_name: [422, '/password'],
  password_is_common: [422, '/password'],
  not_an_address: [422, '/email'],
  email_taken: [409, '/email'],
  last_owner: [409],
  set_up_before: [409],
  user_disabled: [409],
  user_unknown: [404],
  link_used_up: [404],
};
