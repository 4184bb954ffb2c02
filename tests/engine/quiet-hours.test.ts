import { expect, test } from 'vitest';
import { instantAt, localDate, localTime } from '../../src/core/time/zone.ts';
import { DAY, dayOf, HOUR, weekdayOf } from '../../src/core/time/date.ts';
import { closedAfterEach } from '../support/closing.ts';
import { startScriptedSmtp } from '../support/scripted-smtp.ts';
import { openShop, SHOP_FILES } from '../support/shop.ts';

const BOGOTA = 'America/Bogota';
const SUNDAY = 6;
const closing = closedAfterEach();

/** The next Sunday at noon in Bogota. */
function nextSunday(now: number): number {
  const today = dayOf(localDate(now, BOGOTA)) ?? 0;
  const day = today + 1 + ((SUNDAY - weekdayOf(today + 1) + 7) % 7);
  return instantAt(day * DAY + 12 * HOUR, BOGOTA);
}

test('on a Sunday a Colombian gets her receipt, and the promotion when a working day begins', async () => {
  const smtp = await startScriptedSmtp();
  closing.push(() => smtp.stop());
  const files = { ...SHOP_FILES, 'etapa.yaml': `${SHOP_FILES['etapa.yaml']}\njurisdictions: [ES, CO]\n` };
  const shop = await openShop({ files, smtp_url: smtp.url });
  closing.push(() => shop.close());
  const sunday = nextSunday(Date.now());
  const traits = { country: 'CO', time_zone: BOGOTA };
  await shop.receive(shop.knows('ana', traits), shop.puts('ana'), shop.orders('ana'));
  await shop.until((list) => list.length === 2);
  shop.pass(sunday - Date.now());
  shop.send();
  const waiting = await shop.until((list) =>
    list.every(({ state }) => state === 'sent' || state === 'deferred'),
  );
  const offer = waiting.find(({ message }) => message === 'offer');
  expect(waiting.find(({ message }) => message === 'receipt')?.state).toBe('sent');
  expect(offer).toMatchObject({ state: 'deferred', sent: false, claimed: false });
  expect(offer?.because).toMatch(/^quiet hours: .*never on Sundays or public holidays \(Ley 2300 of 2023\)$/);
  const due = sunday + (offer?.due_in ?? 0) * 1000;
  const minutes_after_seven = ((localTime(due, BOGOTA) % DAY) - 7 * HOUR) / 60_000;
  expect(Math.abs(minutes_after_seven)).toBeLessThan(5); // of what the test took until it looked
  shop.pass((offer?.due_in ?? 0) * 1000 + 1000);
  shop.send();
  await shop.until((list) => list.every(({ state }) => state === 'sent'));
  expect(smtp.accepted).toHaveLength(2);
  expect(shop.errors).toEqual([]);
});
