import { Badge, Group, Table, Text } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import type { ListedContact } from '../../../api/contacts/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { useVocabulary } from '../../app/vocabulary.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { LinkTo } from '../../parts/link-to.tsx';
import { StageBadge } from '../../parts/stage-badge.tsx';
import { WORDS } from './words.ts';

const RISK_COLORS = { low: 'teal', medium: 'grape', high: 'red' } as const;

/** The arrow keys go from name to name. */
export function ContactTable({ contacts }: { readonly contacts: readonly ListedContact[] }) {
  const words = useWords(WORDS);
  return (
    <Table.ScrollContainer minWidth={1040} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table highlightOnHover verticalSpacing={6} aria-label={words.table} onKeyDown={stepByArrows}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.name}</Table.Th>
            <Table.Th>{words.stage}</Table.Th>
            <Table.Th>{words.persona}</Table.Th>
            <Table.Th>{words.segments}</Table.Th>
            <Table.Th>{words.language}</Table.Th>
            <Table.Th className="figure">{words.orders}</Table.Th>
            <Table.Th className="figure">{words.cart}</Table.Th>
            <Table.Th>{words.churn_risk}</Table.Th>
            <Table.Th className="figure" style={{ whiteSpace: 'nowrap' }}>
              {words.last_event}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {contacts.map((contact) => (
            <Row key={contact.id} {...contact} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row(contact: ListedContact) {
  const words = useWords(WORDS);
  const format = useFormat();
  const { id, name, email, stage, stage_since, persona, segments, language, churn_risk } = contact;
  const money = (amount: number): string =>
    contact.currency === null ? format.number(amount) : format.money(amount, contact.currency);
  return (
    <Table.Tr>
      <Table.Td>
        <LinkTo to="/contacts/$id" params={{ id }} fw={500} fz="sm">
          {name ?? email ?? words.visitor}
        </LinkTo>
        {name !== null && email !== null && (
          <Text fz="xs" c="dimmed">
            {email}
          </Text>
        )}
      </Table.Td>
      <Table.Td miw={150}>
        <StageName stage={stage} />
        <Text fz="xs" c="dimmed">
          {words.since} {format.date(stage_since)}
        </Text>
      </Table.Td>
      <Table.Td>{persona !== null && <Title of={persona} among="personas" />}</Table.Td>
      <Table.Td>
        <Group gap={4}>
          {segments.map((segment) => (
            <Badge key={segment} variant="default" tt="none" fw={400}>
              <Title of={segment} among="segments" />
            </Badge>
          ))}
        </Group>
      </Table.Td>
      <Table.Td>{language}</Table.Td>
      <Table.Td className="figure">
        {format.number(contact.orders_count)}
        {contact.orders_count > 0 && (
          <Text fz="xs" c="dimmed">
            {money(contact.orders_value)}
          </Text>
        )}
      </Table.Td>
      <Table.Td className="figure">{contact.cart_value > 0 && money(contact.cart_value)}</Table.Td>
      <Table.Td miw={96}>
        {churn_risk !== null && (
          <Badge variant="outline" color={RISK_COLORS[churn_risk]} tt="none" fw={500}>
            {words[churn_risk]}
          </Badge>
        )}
      </Table.Td>
      <Table.Td className="figure" style={{ whiteSpace: 'nowrap' }}>
        {contact.last_event_at !== null && format.ago(contact.last_event_at)}
      </Table.Td>
    </Table.Tr>
  );
}

function StageName({ stage }: { readonly stage: string }) {
  const title = useVocabulary().data?.stages.find(({ id }) => id === stage)?.title;
  return <StageBadge stage={stage} {...(title && { title })} />;
}

interface TitleProps {
  readonly of: string;
  readonly among: 'personas' | 'segments';
}

/** As the project calls it. */
function Title({ of, among }: TitleProps) {
  const language = useLanguage();
  const title = useVocabulary().data?.[among].find(({ id }) => id === of)?.title;
  return title ? inLanguage(title, language) : of;
}

function stepByArrows(event: KeyboardEvent<HTMLTableElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('tbody a')];
  const next = links[links.findIndex((link) => link === document.activeElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
