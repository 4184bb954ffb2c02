/** Spans, as a TracerProvider hears them: what was worked on and how it ended, and nobody's data. */
import {
  context,
  trace,
  type Attributes,
  type Context,
  type Span,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api';
import { afterAll, expect, test } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { isTraced, traceChannel, traceRequests, traceStore } from '../../src/operations/tracing.ts';
import { startScriptedSmtp } from '../support/scripted-smtp.ts';
import { openShop } from '../support/shop.ts';

interface Heard {
  readonly name: string;
  readonly attributes: Attributes;
  error?: string | undefined;
  ended: boolean;
}

const heard: Heard[] = [];

/** The least that the API asks of a tracer. */
function listen(): Tracer {
  const startSpan = (name: string, { attributes = {} }: SpanOptions = {}): Span => {
    const one: Heard = { name, attributes: { ...attributes }, ended: false };
    heard.push(one);
    const span: Span = {
      spanContext: () => ({ traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: 1 }),
      setAttribute: (key, value) => (value === undefined ? span : ((one.attributes[key] = value), span)),
      setAttributes: (more) => (Object.assign(one.attributes, more), span),
      addEvent: () => span,
      addLink: () => span,
      addLinks: () => span,
      setStatus: ({ message }) => ((one.error = message), span),
      updateName: () => span,
      end: () => void (one.ended = true),
      isRecording: () => true,
      recordException: () => undefined,
    };
    return span;
  };
  const startActiveSpan = (name: string, ...rest: readonly unknown[]): unknown => {
    const span = startSpan(name, rest[0] as SpanOptions);
    const work = rest.at(-1) as (span: Span) => unknown;
    const around: Context = trace.setSpan(context.active(), span);
    return context.with(around, () => work(span));
  };
  return { startSpan, startActiveSpan };
}

afterAll(() => trace.disable());

test('nothing is traced while no SDK was loaded', () => {
  expect(isTraced()).toBe(false);
});

test('with one, receiving, turns, claims, messages and requests are spans, and an error is one without its values', async () => {
  trace.setGlobalTracerProvider({ getTracer: listen });
  expect(isTraced()).toBe(true);
  const smtp = await startScriptedSmtp();
  const shop = await openShop({
    smtp_url: smtp.url,
    overrides: { watchStore: traceStore, watchChannel: traceChannel },
  });
  const server = await openServer(shop.app, { before: traceRequests });
  shop.send();
  await shop.receive(shop.knows('zoraida'), shop.orders('zoraida'));
  await shop.until((list) => list.every(({ state }) => state === 'sent'));
  await server.inject('/u/a-secret-token');
  await expect(
    shop.app.store.append([{ ...shop.knows('zoraida'), message_id: '\u0000' }], {
      due: 'now',
      stage: 's',
      shape: '',
    }),
  ).rejects.toThrow();
  await server.close();
  await shop.close();
  await smtp.stop();

  const named = (name: string): Heard[] => heard.filter((one) => one.name === name);
  expect(named('etapa.receive')[0]).toMatchObject({ attributes: { 'etapa.events': 2 }, ended: true });
  expect(named('etapa.turn')[0]?.attributes['etapa.partitions']).toEqual(
    expect.arrayContaining([expect.any(Number)]),
  );
  expect(named('etapa.claim').length).toBeGreaterThan(0);
  expect(named('etapa.send')).toMatchObject([
    { attributes: { 'etapa.channel': 'email', 'etapa.message': 'receipt', 'etapa.outcome': 'accepted' } },
  ]);
  expect(heard.some(({ attributes }) => attributes['url.path'] === '/u/:token')).toBe(true);
  expect(heard.some(({ error }) => error !== undefined)).toBe(true);
  expect(heard.filter(({ ended }) => !ended)).toEqual([]);
  expect(JSON.stringify(heard)).not.toMatch(/zoraida|a-secret-token/);
});
