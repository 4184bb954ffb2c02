/** What mail providers report about the messages that they took: bounces, complaints, openings. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Instant } from '../core/events/event.ts';
import { parseBody } from '../inbound/providers/index.ts';
import type { Provider, ProviderEvent, ProviderRequest } from '../inbound/providers/provider.ts';
import { answerApiProblem, ApiProblem } from './problem.ts';

export interface ProviderWebhookOptions {
  /** By the name in the path. */
  readonly providers: ReadonlyMap<string, Provider>;
  /** Each is good; none for a provider that is not set up. */
  secretsOf(name: string): readonly string[];
  now(): Instant | Promise<Instant>;
  /** Resolves when the events are durable; a rejection becomes a 503, and the provider sends them again. */
  onEvents(provider: string, events: readonly ProviderEvent[]): Promise<void>;
  /** Says yes to the provider's question whether its news are wanted. @param url checked to be the provider's own */
  confirm(url: string): Promise<void>;
}

const MOST_BYTES = 1024 * 1024;

/** POST /v1/providers/:name */
export function providerWebhookRoutes(options: ProviderWebhookOptions): FastifyPluginAsync {
  return async (app) => {
    // What was signed are the bytes, whatever they are said to be.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    app.setErrorHandler(answerApiProblem);
    app.post<{ Params: { name: string } }>('/v1/providers/:name', {
      schema: { tags: ['Providers'], hide: true },
      bodyLimit: MOST_BYTES,
      handler: (request) => receive(request, request.params.name, options),
    });
  };
}

async function receive(
  request: FastifyRequest,
  name: string,
  options: ProviderWebhookOptions,
): Promise<{ received: number }> {
  const provider = options.providers.get(name);
  const secrets = provider ? options.secretsOf(name).filter((secret) => secret !== '') : [];
  if (!provider || secrets.length === 0) throw notSetUp();
  const sent: ProviderRequest = { headers: request.headers, body: bytesOf(request.body) };
  const body = parse(sent);
  const now = await options.now();
  await requireProof(provider, sent, secrets, now);
  const events = provider.read(body, now);
  for (const event of events) if (event.kind === 'confirmation') await options.confirm(event.url);
  if (events.length > 0) await options.onEvents(name, events);
  return { received: events.length };
}

/** The same for a provider that nobody knows and for one without secrets. */
function notSetUp(): ApiProblem {
  return new ApiProblem(
    404,
    'provider_not_set_up',
    'No mail provider of this name is set up here. Check the name in the address, and that its secret is set.',
  );
}

function bytesOf(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}

function parse(sent: ProviderRequest): unknown {
  try {
    return parseBody(sent);
  } catch {
    throw new ApiProblem(400, 'invalid_json', 'The body is not JSON; send it as the provider makes it.');
  }
}

async function requireProof(
  provider: Provider,
  sent: ProviderRequest,
  secrets: readonly string[],
  now: Instant,
): Promise<void> {
  const verdict = await provider.verify(sent, secrets, now);
  if (verdict === 'forged')
    throw new ApiProblem(
      401,
      'proof_missing',
      `Nothing proves that this comes from ${provider.name}. Check that the secret set here is the one that the provider uses.`,
    );
  if (verdict === 'stale')
    throw new ApiProblem(
      401,
      'proof_stale',
      'This was signed too long ago, or in the future. Check the clocks, or have the provider send it anew.',
    );
}
