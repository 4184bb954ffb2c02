import {
  createTheme,
  mergeThemeOverrides,
  type CSSVariablesResolver,
  type MantineThemeOverride,
} from '@mantine/core';
import type { Language } from './words.ts';

const theme = createTheme({
  primaryColor: 'terracotta',
  primaryShade: { light: 6, dark: 6 },
  colors: {
    terracotta: [
      '#fdf3ee',
      '#f9e2d7',
      '#f1c4af',
      '#e9a384',
      '#df8460',
      '#c9602f',
      '#b3400e',
      '#9a360b',
      '#7f2c08',
      '#652205',
    ],
  },
  // White or black, whichever can be read on the colour (WCAG AA).
  autoContrast: true,
  luminanceThreshold: 0.179,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.25' },
      h2: { fontSize: '1.15rem', lineHeight: '1.35' },
      h3: { fontSize: '1rem', lineHeight: '1.4' },
    },
  },
});

const CLOSE = { en: 'Close', es: 'Cerrar' };

/** The look of the console, and what its crosses are called. */
export function themeIn(language: Language): MantineThemeOverride {
  const components = { CloseButton: { defaultProps: { 'aria-label': CLOSE[language] } } };
  return mergeThemeOverrides(theme, { components });
}

/** Where Mantine's own choice of a shade cannot be read by everybody (WCAG AA), the next that can. */
export const readableColors: CSSVariablesResolver = ({ colors }) => {
  const light: Record<`--${string}`, string> = {
    '--mantine-color-body': '#fbfaf8',
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
    '--mantine-color-success': 'var(--mantine-color-teal-9)',
  };
  const dark: Record<`--${string}`, string> = {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-1)',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
    '--mantine-color-success': 'var(--mantine-color-teal-4)',
    '--mantine-color-anchor': 'var(--mantine-color-terracotta-3)',
  };
  for (const name of Object.keys(colors)) {
    if (name === 'dark' || name === 'gray') continue;
    const shade = name === 'terracotta' ? 6 : 9;
    light[`--mantine-color-${name}-text`] = `var(--mantine-color-${name}-${shade})`;
    light[`--mantine-color-${name}-outline`] = `var(--mantine-color-${name}-${shade})`;
    dark[`--mantine-color-${name}-text`] = `var(--mantine-color-${name}-3)`;
    dark[`--mantine-color-${name}-outline`] = `var(--mantine-color-${name}-3)`;
  }
  return { variables: {}, light, dark };
};
