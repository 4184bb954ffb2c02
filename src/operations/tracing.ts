import { isSpanContextValid, SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import type { Channel, Store } from '../engine/ports.ts';
import { toLog } from './redact.ts';

/** Whether an SDK was loaded before us (`node --import`); without one nothing is wrapped, and nothing costs anything. */
export function isTraced(): boolean {
  const span = trace.getTracer('etapa').startSpan('etapa.start');
  span.end();
  return isSpanContextValid(span.spanContext());
}

/** `etapa.receive` for each commit of events, `etapa.turn` for each turn, `etapa.claim` for each batch to send. */
export function traceStore(store: Store): Store {
  return {
    ...store,
    append: (events, appending) =>
      spanned('etapa.receive', { 'etapa.events': events.length }, () => store.append(events, appending)),
    turn: (partitions, work) =>
      spanned('etapa.turn', { 'etapa.partitions': [...partitions] }, () => store.turn(partitions, work)),
    claim: (now, limit) => spanned('etapa.claim', {}, () => store.claim(now, limit)),
  };
}

/** `etapa.send` for each message; whom it goes to is not told. */
export function traceChannel(channel: Channel): Channel {
  return {
    ...channel,
    deliver: (parcel, beforeHandingOver) =>
      spanned(
        'etapa.send',
        {
          'etapa.channel': channel.name,
          'etapa.message_id': parcel.id,
          ...(parcel.about ? { 'etapa.message': parcel.about.message } : {}),
        },
        () => channel.deliver(parcel, beforeHandingOver),
        ({ outcome }) => ({ 'etapa.outcome': outcome }),
      ),
  };
}

async function spanned<T>(
  name: string,
  attributes: Attributes,
  work: () => Promise<T>,
  more: (result: T) => Attributes = () => ({}),
): Promise<T> {
  return trace.getTracer('etapa').startActiveSpan(name, { attributes }, async (span) => {
    try {
      const result = await work();
      span.setAttributes(more(result));
      return result;
    } catch (error) {
      // As in the log: without what it was about.
      span.setStatus({ code: SpanStatusCode.ERROR, message: toLog(error).message });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** A span for each request, by its route: addresses hold tokens. */
export async function traceRequests(server: FastifyInstance): Promise<void> {
  // Takes a while to load, and is asked for by few.
  const { FastifyOtelInstrumentation } = await import('@fastify/otel');
  const instrumentation = new FastifyOtelInstrumentation({
    requestHook: (span, request) => span.setAttribute('url.path', request.routeOptions.url ?? 'none'),
  });
  await server.register(instrumentation.plugin());
}
