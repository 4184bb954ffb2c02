import { inLanguage, useLanguage } from '../../app/words.ts';
import classes from './map.module.css';

export interface PlannedTextsProps {
  readonly title: string;
  readonly texts: readonly { readonly en: string; readonly es: string }[];
}

/** What the plan says of it, in its own words. */
export function PlannedTexts({ title, texts }: PlannedTextsProps) {
  const language = useLanguage();
  if (texts.length === 0) return null;
  return (
    <>
      <p className={classes.label}>{title}</p>
      <ul className={classes.planned}>
        {texts.map((text) => (
          <li key={text.en}>{inLanguage(text, language)}</li>
        ))}
      </ul>
    </>
  );
}
