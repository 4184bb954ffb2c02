import fastify, { type FastifyInstance } from 'fastify';
import { UserError, wordsOf } from '../errors.ts';

/** For commands that work long before they listen. @throws UserError where the port is taken. */
export async function refuseTakenPort(host: string, port: number): Promise<void> {
  const probe = fastify();
  await listen(probe, { host, port });
  await probe.close();
}

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
