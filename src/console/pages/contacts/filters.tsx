import {
  Button,
  Card,
  Code,
  CloseButton,
  Group,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useFilter } from '../../app/search.ts';
import { useVocabulary } from '../../app/vocabulary.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { Icon } from '../../parts/icon.tsx';
import { ConditionForm } from './condition-form.tsx';
import { linesOf, withLine, withoutLine } from './conditions.ts';
import { WORDS } from './words.ts';

/** Who is looked for. All of it stands in the address. */
export function Filters() {
  const words = useWords(WORDS);
  const [filter, change] = useFilter();
  const [adding, { toggle }] = useDisclosure(false);
  const where = filter.where ?? '';
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="sm">
        <Search />
        <Choice name="stage" among="stages" />
        <Choice name="segment" among="segments" />
        <Choice name="persona" among="personas" />
        <Button variant="default" onClick={toggle} aria-expanded={adding}>
          {words.add_filter}
        </Button>
      </Group>
      {adding && (
        <ConditionForm
          onAdd={(condition) => {
            change({ where: withLine(where, condition) });
            toggle();
          }}
        />
      )}
      {where !== '' && <Conditions key={where} where={where} />}
    </Stack>
  );
}

function Search() {
  const words = useWords(WORDS);
  const [filter, change] = useFilter();
  const [text, setText] = useState(filter.search ?? '');
  const ask = useDebouncedCallback((search: string) => change({ search: search.trim() }), 300);
  const [asked, setAsked] = useState(filter.search);
  // The address was changed by something else than typing.
  if (asked !== filter.search) {
    setAsked(filter.search);
    if ((filter.search ?? '') !== text.trim()) setText(filter.search ?? '');
  }
  return (
    <TextInput
      type="search"
      label={words.search}
      placeholder={words.search_hint}
      leftSection={<Icon name="search" size={16} />}
      value={text}
      onChange={({ currentTarget: { value } }) => {
        setText(value);
        ask(value);
      }}
      flex={1}
      miw={260}
    />
  );
}

interface ChoiceProps {
  readonly name: 'stage' | 'segment' | 'persona';
  readonly among: 'stages' | 'segments' | 'personas';
}

function Choice({ name, among }: ChoiceProps) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const [filter, change] = useFilter();
  const list = useVocabulary().data?.[among] ?? [];
  if (list.length === 0 && !filter[name]) return null;
  return (
    <Select
      label={words[name]}
      placeholder={words.any}
      data={list.map(({ id, title }) => ({ value: id, label: inLanguage(title, language) }))}
      value={filter[name] ?? null}
      onChange={(value) => change({ [name]: value ?? undefined })}
      clearable
      w={170}
    />
  );
}

function Conditions({ where }: { readonly where: string }) {
  const words = useWords(WORDS);
  const [, change] = useFilter();
  const [text, setText] = useState(where);
  const lines = linesOf(where);
  return (
    <Card withBorder padding="sm" role="region" aria-label={words.conditions}>
      <Stack gap="xs">
        <Text fz="sm">{lines ? words.all_hold : words.by_hand}</Text>
        <Group gap="xs">
          {lines?.map((line) => (
            <Group key={line} gap={2} wrap="nowrap">
              <Code>{line}</Code>
              <CloseButton
                size="sm"
                aria-label={words.remove(line)}
                onClick={() => change({ where: withoutLine(where, line) })}
              />
            </Group>
          ))}
        </Group>
        <details open={lines === null}>
          <summary>{words.as_yaml}</summary>
          <Textarea
            aria-label={words.as_yaml}
            description={words.yaml_hint}
            value={text}
            onChange={({ currentTarget: { value } }) => setText(value)}
            autosize
            minRows={2}
            maxRows={14}
            ff="monospace"
            mt={6}
          />
        </details>
        <Group gap="xs">
          {text !== where && (
            <Button size="xs" onClick={() => change({ where: text })}>
              {words.apply}
            </Button>
          )}
          <Button size="xs" variant="subtle" onClick={() => change({ where: undefined })}>
            {words.clear}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
