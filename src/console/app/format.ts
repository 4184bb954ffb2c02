import { useMemo } from 'react';
import { useLanguage, type Language } from './words.ts';

/** In milliseconds. */
export const DAY = 24 * 60 * 60 * 1000;

export interface Format {
  number(n: number): string;
  /** 0.35 is 35 %. */
  percent(share: number): string;
  money(amount: number, currency: string): string;
  date(iso: string): string;
  time(iso: string): string;
  moment(iso: string): string;
  /** "3 hours ago", "in 2 days". */
  ago(iso: string): string;
  /** "2.5 days"; below one day in hours. */
  days(n: number): string;
}

/** Figures and moments as the reader writes them, in the zone of the browser. */
export function useFormat(): Format {
  const language = useLanguage();
  return useMemo(() => formatIn(language), [language]);
}

function formatIn(language: Language): Format {
  const locale = language === 'es' ? 'es-ES' : 'en-GB';
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 2, useGrouping: 'always' });
  const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const finePercents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const times = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  return {
    number: (n) => numbers.format(n),
    percent: (share) => (Math.abs(share) < 0.1 ? finePercents : percents).format(share),
    money: (amount, currency) =>
      new Intl.NumberFormat(locale, {
        style: 'currency',
        currency,
        maximumFractionDigits: Number.isInteger(amount) || Math.abs(amount) >= 1000 ? 0 : 2,
      }).format(amount),
    date: (iso) => dates.format(atMoment(iso)),
    time: (iso) => times.format(new Date(iso)),
    moment: (iso) => `${dates.format(new Date(iso))}, ${times.format(new Date(iso))}`,
    ago: (iso) => {
      const [count, unit] = distance(new Date(iso).getTime() - Date.now());
      return relative.format(count, unit);
    },
    days: (n) => {
      const [count, unit] = Math.abs(n) < 1 ? [n * 24, 'hour'] : [n, 'day'];
      return new Intl.NumberFormat(locale, {
        style: 'unit',
        unit,
        unitDisplay: 'long',
        maximumFractionDigits: Math.abs(count) < 10 ? 1 : 0,
      }).format(count);
    },
  };
}

/** A day without a time is that day wherever it is read. */
function atMoment(iso: string): Date {
  return new Date(/^\d{4}-\d\d-\d\d$/.test(iso) ? `${iso}T12:00` : iso);
}

const UNITS = [
  ['year', 365 * 24 * 3600],
  ['month', 30 * 24 * 3600],
  ['day', 24 * 3600],
  ['hour', 3600],
  ['minute', 60],
] as const;

function distance(milliseconds: number): [number, Intl.RelativeTimeFormatUnit] {
  const seconds = milliseconds / 1000;
  for (const [unit, length] of UNITS)
    if (Math.abs(seconds) >= length) return [Math.round(seconds / length), unit];
  return [Math.round(seconds), 'second'];
}
