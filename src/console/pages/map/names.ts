/** Ids of events, workflows, tones and moods as they are read: "abandoned cart". */
export function readable(id: string): string {
  return id.replaceAll('_', ' ');
}

/** With its sign, and a true minus: "+0.4". */
export function signed(value: number, language: string): string {
  return new Intl.NumberFormat(language, { signDisplay: 'exceptZero', maximumFractionDigits: 1 }).format(
    value,
  );
}
