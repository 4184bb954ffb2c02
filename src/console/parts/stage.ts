const ORDER = ['awareness', 'consideration', 'decision', 'experience', 'loyalty'];

const TITLES: Readonly<Record<string, { readonly en: string; readonly es: string }>> = {
  awareness: { en: 'Awareness', es: 'Conciencia' },
  consideration: { en: 'Consideration', es: 'Consideración' },
  decision: { en: 'Decision', es: 'Decisión' },
  experience: { en: 'Experience', es: 'Experiencia' },
  loyalty: { en: 'Loyalty', es: 'Fidelización' },
};

/** What a stage is called where no title of the project is at hand. */
export function stageTitle(stage: string): { readonly en: string; readonly es: string } {
  return TITLES[stage] ?? { en: stage, es: stage };
}

/** A token of console.css. The name always stands beside it. */
export function stageColor(stage: string): string {
  const place = ORDER.indexOf(stage);
  return place === -1 ? 'var(--mantine-color-dimmed)' : `var(--stage-${place + 1})`;
}
