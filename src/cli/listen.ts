import type { FastifyInstance } from 'fastify';
import { UserError, wordsOf } from '../errors.ts';

/** @throws UserError where the place is taken or not ours. */
export async function listen(
  server: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw new UserError(
      'cannot_listen',
      taken
        ? `Port ${port} is taken by another program. End that program, or choose another port.`
        : `Nothing can listen on ${host}, port ${port}: ${wordsOf(error)}. Check HOST and PORT.`,
    );
  }
}
