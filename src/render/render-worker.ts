/** The inside of a rendering thread. It keeps compiled templates; which ones, the other side decides. */
import { parentPort, workerData } from 'node:worker_threads';
import { readContext } from './context.ts';
import { compileSet, messageOf, renderMessage, type MessageSet, type RenderResult } from './message.ts';
import { COMPILING, IDLE, POSITION, STEPS, type Request, type Work } from './thread-protocol.ts';

type Kept = MessageSet | { readonly reason: string };

const sets = new Map<string, Kept>();
const progress = new Int32Array((workerData as { progress: SharedArrayBuffer }).progress);

parentPort?.on('message', (request: Request) => {
  for (const key of request.forget) sets.delete(key);
  const results = request.work.map((work, position) => step(position, () => renderOne(request, work)));
  Atomics.store(progress, POSITION, IDLE);
  parentPort?.postMessage(results);
});

/** The other side watches these numbers: when they stand still, this thread is stuck, and they say on which message. */
function step<T>(position: number, run: () => T): T {
  Atomics.store(progress, POSITION, position);
  Atomics.add(progress, STEPS, 1);
  return run();
}

function renderOne(request: Request, work: Work): RenderResult {
  const set = setOf(request, work.key);
  if ('reason' in set) return { ok: false, reason: set.reason };
  Atomics.add(progress, STEPS, 1);
  try {
    return renderMessage(set, readContext(work.context));
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}

function setOf(request: Request, key: string): Kept {
  const kept = sets.get(key);
  if (kept) return kept;
  Atomics.store(progress, COMPILING, 1);
  const made = compiled(request, key);
  sets.set(key, made);
  Atomics.store(progress, COMPILING, 0);
  return made;
}

function compiled(request: Request, key: string): Kept {
  const templates = request.templates[key];
  if (!templates) return { reason: 'The templates of this message are missing.' };
  try {
    return compileSet(templates);
  } catch (error) {
    return { reason: `The template is not usable: ${messageOf(error)}` };
  }
}

parentPort?.postMessage('ready');
