/** Text messages that are paid for several times over. */
import { smsLength } from '../core/messages/sms-length.ts';

/** Of one text, as it would be sent; undefined where it is short enough. */
export function lengthOfSms(text: string): { readonly message: string; readonly quote: string } | undefined {
  const { encoding, segments, beyond_gsm } = smsLength(text);
  if (segments <= MOST_SEGMENTS) return undefined;
  const whole = `this text message goes out, and is paid for, as ${segments} segments; write at most ${MOST_SEGMENTS}`;
  if (encoding === 'gsm') return { message: `${whole} (${153 * MOST_SEGMENTS} letters)`, quote: '' };
  const signs = beyond_gsm.slice(0, MOST_NAMED).map((sign) => `"${sign}"`);
  const others = beyond_gsm.length > MOST_NAMED ? ' and others' : '';
  return {
    message: `${whole}; ${signs.join(', ')}${others} ${beyond_gsm.length === 1 ? 'makes' : 'make'} 67 letters of a segment's 153, so other signs in ${beyond_gsm.length === 1 ? 'its' : 'their'} place are the cheapest mend`,
    quote: beyond_gsm[0] ?? '',
  };
}

const MOST_SEGMENTS = 3;
const MOST_NAMED = 5;
