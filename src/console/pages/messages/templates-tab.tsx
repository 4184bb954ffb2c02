import { Anchor, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { TemplateList } from '../../../api/templates/shapes.ts';
import { apiGet } from '../../app/client.ts';
import { useFilter } from '../../app/search.ts';
import { useLanguage, useWords } from '../../app/words.ts';
import { LinkTo } from '../../parts/link-to.tsx';
import { Load } from '../../parts/load.tsx';
import { TemplatePanel } from './template-panel.tsx';

const WORDS = {
  en: {
    message: 'Message',
    subject: 'Subject',
    purpose: 'Purpose',
    promotion: 'promotion',
    service: 'service',
    channels: 'Channels and languages',
    sent_by: 'Sent by',
    nobody: 'no workflow',
    rules: 'Rules',
    for_stages: (stages: string) => `for people in ${stages}`,
    waits: 'waits where limits leave no room',
    survey: (name: string) => `survey “${name}”`,
    caption: 'The messages of the project',
    limits: (n: number, per: string) => `At most ${n} promotions in ${per} for each person.`,
    empty: 'The project has no messages yet.',
  },
  es: {
    message: 'Mensaje',
    subject: 'Asunto',
    purpose: 'Propósito',
    promotion: 'promoción',
    service: 'servicio',
    channels: 'Canales e idiomas',
    sent_by: 'Lo envía',
    nobody: 'ningún flujo',
    rules: 'Reglas',
    for_stages: (stages: string) => `para quienes están en ${stages}`,
    waits: 'espera si los límites no dejan sitio',
    survey: (name: string) => `encuesta «${name}»`,
    caption: 'Los mensajes del proyecto',
    limits: (n: number, per: string) => `Como mucho ${n} promociones cada ${per} por persona.`,
    empty: 'El proyecto todavía no tiene mensajes.',
  },
};

export function TemplatesTab() {
  const words = useWords(WORDS);
  const [search] = useFilter();
  const known = useQuery({
    queryKey: ['templates'],
    queryFn: () => apiGet<TemplateList>('/v1/templates'),
    staleTime: 60_000,
  });
  return (
    <Load
      of={known}
      isEmpty={({ templates }) => templates.length === 0}
      empty={<Text c="dimmed">{words.empty}</Text>}
    >
      {(list) => {
        const opened = list.templates.find(({ id }) => id === search['template']);
        return opened ? <TemplatePanel list={list} template={opened} /> : <List list={list} />;
      }}
    </Load>
  );
}

function List({ list: { templates, limits } }: { readonly list: TemplateList }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { promotions } = limits;
  return (
    <Stack gap="sm">
      {promotions && (
        <Text fz="sm" c="dimmed">
          {words.limits(promotions.messages, promotions.per[language])}
        </Text>
      )}
      <Table.ScrollContainer minWidth={820} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table verticalSpacing={6} highlightOnHover aria-label={words.caption}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.message}</Table.Th>
              <Table.Th>{words.subject}</Table.Th>
              <Table.Th>{words.purpose}</Table.Th>
              <Table.Th>{words.channels}</Table.Th>
              <Table.Th>{words.sent_by}</Table.Th>
              <Table.Th>{words.rules}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {templates.map((template) => (
              <Row key={template.id} template={template} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}

type Template = TemplateList['templates'][number];

function Row({ template }: { readonly template: Template }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const [, change] = useFilter();
  const { id, subject, purpose, channels, sent_by, for_stages, over_limit, survey } = template;
  const [first = {}] = Object.values(subject);
  const rules = [
    ...(for_stages ? [words.for_stages(for_stages.join(', '))] : []),
    ...(over_limit === 'wait' ? [words.waits] : []),
    ...(survey === null ? [] : [words.survey(survey)]),
  ];
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={500}>
        <Anchor
          component="button"
          type="button"
          fz="sm"
          onClick={() => change({ template: id }, { keep: true })}
        >
          {id}
        </Anchor>
      </Table.Th>
      <Table.Td>{first[language] ?? Object.values(first)[0] ?? '–'}</Table.Td>
      <Table.Td>{words[purpose]}</Table.Td>
      <Table.Td>
        {channels.map(({ channel, languages }) => `${channel} (${languages.join(', ')})`).join(', ')}
      </Table.Td>
      <Table.Td>
        {sent_by.length === 0 ? (
          <Text c="dimmed" fz="sm">
            {words.nobody}
          </Text>
        ) : (
          sent_by.map(({ workflow }) => (
            <LinkTo key={workflow} to="/workflows/$id" params={{ id: workflow }} fz="sm" display="block">
              {workflow}
            </LinkTo>
          ))
        )}
      </Table.Td>
      <Table.Td>
        <Text fz="xs" c="dimmed">
          {rules.join('; ')}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
