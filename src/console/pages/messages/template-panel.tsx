import { Anchor, Chip, Fieldset, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import type { TemplateList } from '../../../api/templates/shapes.ts';
import { useFilter } from '../../app/search.ts';
import { useMay } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { Icon } from '../../parts/icon.tsx';
import { TypedFilter } from '../../parts/typed-filter.tsx';
import { WIDTHS, WordsPreview } from './words-preview.tsx';

const WORDS = {
  en: {
    back: 'All templates',
    tones: 'Tones',
    language: 'Languages',
    both: 'Both',
    en: 'English',
    es: 'Spanish',
    width: 'Width',
    desktop: 'Desktop',
    phone: 'Phone',
    contact: 'For whom',
    contact_about: 'Somebody made up; or write an id or an address',
    by_rules: 'As the rules say',
  },
  es: {
    back: 'Todas las plantillas',
    tones: 'Tonos',
    language: 'Idiomas',
    both: 'Ambos',
    en: 'Inglés',
    es: 'Español',
    width: 'Ancho',
    desktop: 'Ordenador',
    phone: 'Teléfono',
    contact: 'Para quién',
    contact_about: 'Alguien inventado; o escriba un id o una dirección',
    by_rules: 'Según las reglas',
  },
};

export interface TemplatePanelProps {
  readonly list: TemplateList;
  readonly template: TemplateList['templates'][number];
}

/** One template, side by side in its tones and languages, as wide as a desktop or a phone shows it. */
export function TemplatePanel({ list, template }: TemplatePanelProps) {
  const words = useWords(WORDS);
  const [search, change] = useFilter();
  const tones = (search['tones'] ?? '').split(',').filter((tone) => list.tones.includes(tone));
  const languages = list.languages.filter((one) => [undefined, 'both', one].includes(search['words_in']));
  const width = search['width'] === 'phone' ? 'phone' : 'desktop';
  const close = {
    template: undefined,
    tones: undefined,
    words_in: undefined,
    width: undefined,
    for: undefined,
  };
  return (
    <Stack gap="md">
      <Group gap="md">
        <Anchor component="button" type="button" fz="sm" onClick={() => change(close, { keep: true })}>
          <Group gap={4} component="span">
            <Icon name="back" size={14} />
            {words.back}
          </Group>
        </Anchor>
        <Title order={2}>{template.id}</Title>
      </Group>
      <Group gap="lg" align="flex-end">
        <Fieldset legend={words.tones} variant="unstyled">
          <Chip.Group multiple value={tones} onChange={(chosen) => change({ tones: chosen.join(',') })}>
            <Group gap={6}>
              {list.tones.map((tone) => (
                <Chip key={tone} value={tone} size="xs">
                  {tone}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        </Fieldset>
        {list.languages.length > 1 && (
          <Choice
            name={words.language}
            value={search['words_in'] ?? 'both'}
            onChange={(value) => change({ words_in: value })}
            data={[
              { value: 'both', label: words.both },
              { value: 'en', label: words.en },
              { value: 'es', label: words.es },
            ]}
          />
        )}
        <Choice
          name={words.width}
          value={width}
          onChange={(value) => change({ width: value })}
          data={[
            { value: 'desktop', label: words.desktop },
            { value: 'phone', label: words.phone },
          ]}
        />
        <ForWhom />
      </Group>
      <Group align="flex-start" gap="lg">
        {(tones.length === 0 ? [undefined] : tones).flatMap((tone) =>
          languages.map((language) => (
            <WordsPreview
              key={`${tone ?? ''} ${language}`}
              message={template.id}
              tone={tone}
              language={language}
              contact={search['for']}
              width={WIDTHS[width]}
            />
          )),
        )}
      </Group>
    </Stack>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly data: { value: string; label: string }[];
}

function Choice({ name, value, onChange, data }: ChoiceProps) {
  return (
    <div>
      <Text fz="sm" fw={500} mb={4}>
        {name}
      </Text>
      <SegmentedControl aria-label={name} size="xs" value={value} onChange={onChange} data={data} />
    </div>
  );
}

function ForWhom() {
  const words = useWords(WORDS);
  const [search, change] = useFilter();
  if (!useMay('people')) return null;
  return (
    <TypedFilter
      label={words.contact}
      placeholder={words.contact_about}
      size="xs"
      w={330}
      value={search['for'] ?? ''}
      onDone={(contact) => change({ for: contact })}
    />
  );
}
