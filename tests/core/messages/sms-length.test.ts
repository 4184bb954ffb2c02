import { describe, expect, it } from 'vitest';
import { smsLength } from '../../../src/core/messages/sms-length.ts';

describe('a text in letters of GSM 03.38', () => {
  it('fits into one message up to 160 letters, and then goes out in segments of 153', () => {
    const segments = (letters: number): number => smsLength('a'.repeat(letters)).segments;
    expect([0, 1, 160, 161, 306, 307, 459, 460].map(segments)).toEqual([1, 1, 1, 2, 2, 3, 3, 4]);
  });

  it('counts every letter of the basic table once', () => {
    const basic =
      '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
    expect([...basic]).toHaveLength(127);
    expect(smsLength(basic)).toEqual({ encoding: 'gsm', units: 127, segments: 1, beyond_gsm: [] });
  });

  it.each([...'^{}\\[~]|€\f'])('counts %j of the extension table twice', (sign) => {
    expect(smsLength(sign)).toEqual({ encoding: 'gsm', units: 2, segments: 1, beyond_gsm: [] });
  });

  it('never tears an escape from the sign that it escapes', () => {
    // 80 signs are 160 septets; one more makes two segments of 153, of which an escaped sign can fill 152 only.
    expect(smsLength('€'.repeat(80)).segments).toBe(1);
    expect(smsLength('€'.repeat(81)).segments).toBe(2);
    expect(smsLength('€'.repeat(152)).segments).toBe(2);
    expect(smsLength('€'.repeat(153))).toMatchObject({ units: 306, segments: 3 });
    expect(smsLength(`a${'€'.repeat(152)}`).segments).toBe(2);
  });
});

describe('a text with other letters', () => {
  it('is counted in UCS-2, 70 in one message and 67 in each of several', () => {
    const segments = (letters: number): number => smsLength('á'.repeat(letters)).segments;
    expect([1, 70, 71, 134, 135, 201, 202].map(segments)).toEqual([1, 1, 2, 2, 3, 3, 4]);
  });

  it('needs no more than one such letter for that', () => {
    const plain = 'a'.repeat(160);
    expect(smsLength(plain)).toMatchObject({ encoding: 'gsm', segments: 1 });
    expect(smsLength(`${plain.slice(1)}á`)).toEqual({
      ...{ encoding: 'ucs2', units: 160, segments: 3 },
      beyond_gsm: ['á'],
    });
  });

  it('never tears the two halves of a sign beyond the first plane', () => {
    expect(smsLength('👟')).toEqual({ encoding: 'ucs2', units: 2, segments: 1, beyond_gsm: ['👟'] });
    expect(smsLength('👟'.repeat(35)).segments).toBe(1);
    expect(smsLength('👟'.repeat(36)).segments).toBe(2);
    // 67 is odd: 33 such signs fill 66, and the 67th place stays empty.
    expect(smsLength('👟'.repeat(66)).segments).toBe(2);
    expect(smsLength('👟'.repeat(67))).toMatchObject({ units: 134, segments: 3 });
    expect(smsLength(`a${'👟'.repeat(66)}`).segments).toBe(2);
  });

  it('counts half a surrogate pair as the one unit that it is', () => {
    expect(smsLength('\ud83d')).toMatchObject({ encoding: 'ucs2', units: 1, segments: 1 });
  });

  it('names each sign once that is to blame, in order', () => {
    expect(smsLength('“Mañana” está aquí “así”').beyond_gsm).toEqual(['“', '”', 'á', 'í']);
  });
});

describe('Spanish', () => {
  it.each([...'éñÑ¿¡üÜÉàÇ'])('has %s in GSM', (letter) => {
    expect(smsLength(letter)).toEqual({ encoding: 'gsm', units: 1, segments: 1, beyond_gsm: [] });
  });

  it.each([...'áíóúÁÍÓÚçºª'])('does not have %s', (letter) => {
    expect(smsLength(letter)).toMatchObject({ encoding: 'ucs2', beyond_gsm: [letter] });
  });

  it('pays for an accent', () => {
    const text =
      'Tu pedido llega el lunes entre las 9 y las 14. ¿No te viene bien? Responde y lo cambiamos. El café lo ponemos nosotros, compañera.';
    expect(smsLength(text)).toMatchObject({ encoding: 'gsm', segments: 1 });
    expect(smsLength(text.replace('lunes', 'sábado'))).toMatchObject({ encoding: 'ucs2', segments: 2 });
  });
});
