/** Server-sent events: tells every open inbox page that there is news, at most a few times a second. */
import type { FastifyReply } from 'fastify';
import type { Catcher } from '../catcher.ts';

export interface LiveFeed {
  open(reply: FastifyReply): void;
  /** Tells the pages at once, for a change that is not a new mail. */
  tell(): void;
  /** Ends all streams, so that the server can stop. */
  close(): void;
}

/** A fast sender must not flood the pages: what comes within this time is told once. */
const TELL_EVERY_MS = 250;
const HEARTBEAT_MS = 15_000;

export function startLiveFeed(catcher: Catcher): LiveFeed {
  const pages = new Set<FastifyReply['raw']>();
  let pending: NodeJS.Timeout | undefined;

  const write = (text: string): void => pages.forEach((page) => void page.write(text));
  const tell = (): void => write(`event: news\ndata: ${JSON.stringify({ count: catcher.count() })}\n\n`);
  const forgetMail = catcher.onMail(() => {
    if (pending !== undefined || pages.size === 0) return;
    pending = setTimeout(() => {
      pending = undefined;
      tell();
    }, TELL_EVERY_MS);
  });
  const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS).unref();

  return {
    open(reply) {
      reply.hijack();
      const page = reply.raw;
      page.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      page.write('retry: 2000\n\n');
      pages.add(page);
      page.on('close', () => pages.delete(page));
    },
    tell,
    close() {
      forgetMail();
      clearTimeout(pending);
      clearInterval(heartbeat);
      pages.forEach((page) => page.end());
    },
  };
}
