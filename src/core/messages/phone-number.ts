/**
 * A telephone number as networks everywhere understand it (ITU-T E.164): `+`, the country's code, at most 15 digits in
 * all. Spaces, dashes, dots, slashes and brackets between the digits are left out, and so is a `(0)` that is dialled
 * only inside the country; `00` in front is a `+`.
 *
 * @returns undefined where it is none, and where the country's code is missing: which country was meant nobody knows.
 */
export function phoneNumber(text: string): string | undefined {
  if (text.length > 40) return undefined;
  const written = text.trim().replace(/\(0\)/, '').replace(/^00/, '+');
  if (!/^\+[\d \u00a0()./-]+$/.test(written)) return undefined;
  const number = `+${written.replace(/\D/g, '')}`;
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : undefined;
}
