/** Own labels for the domains that get the most mail; there must not be a time series for each domain of the world. */
export interface DomainLabels {
  /** Counts one mail to the domain, and tells by which label it is known: its own, or `other`. */
  labelOf(domain: string): string;
}

const MOST_LABELS = 30;
/** So many mails earn a domain its own label; fewer would also tell of a single person's domain. */
const MAILS_FOR_LABEL = 100;
const MOST_COUNTED = 5000;

export function createDomainLabels(): DomainLabels {
  const labels = new Set<string>();
  const counts = new Map<string, number>();
  return {
    labelOf(domain) {
      if (labels.has(domain)) return domain;
      if (labels.size >= MOST_LABELS) return 'other';
      const count = (counts.get(domain) ?? 0) + 1;
      if (count < MAILS_FOR_LABEL) {
        if (counts.size >= MOST_COUNTED) counts.clear();
        counts.set(domain, count);
        return 'other';
      }
      counts.delete(domain);
      labels.add(domain);
      return domain;
    },
  };
}
