/** A shop whose messages leave by senders of the test's own: one `work` is one round. */
import { onTestFinished } from 'vitest';
import { createEmailChannel } from '../../src/channels/email.ts';
import type { SendingAlert } from '../../src/engine/alert.ts';
import type { CalmParts } from '../../src/engine/calm.ts';
import { createSender, type Sender } from '../../src/engine/send.ts';
import { createRenderer } from '../../src/render/renderer.ts';
import { openSendingBook } from '../../src/store/suppressions.ts';
import { startScriptedSmtp, type ScriptedSmtp } from './scripted-smtp.ts';
import { openShop, type Shop } from './shop.ts';

export interface Office {
  readonly shop: Shop;
  readonly smtp: ScriptedSmtp;
  readonly alerts: SendingAlert[];
  /** One that sends as a process that has just been started would. */
  newSender(calm?: Partial<CalmParts>): Sender;
}

/** Closed, the last first, when the test has finished. */
export async function openOffice(answer?: Parameters<typeof startScriptedSmtp>[0]): Promise<Office> {
  const smtp = await startScriptedSmtp(answer);
  onTestFinished(() => smtp.stop());
  const shop = await openShop();
  onTestFinished(() => shop.close());
  const renderer = createRenderer();
  onTestFinished(() => renderer.close());
  const email = createEmailChannel({ url: smtp.url });
  onTestFinished(() => email.close());
  const alerts: SendingAlert[] = [];
  const { store, clock, live, links, db } = shop.app;
  return {
    shop,
    smtp,
    alerts,
    newSender: (calm) =>
      createSender({
        ...{ store, clock, live, links, renderer },
        channels: new Map([['email', email]]),
        calm: { book: openSendingBook(db), onAlert: (alert) => alerts.push(alert), ...calm },
      }),
  };
}
