import { Alert, Group, NativeSelect, Paper, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import type { Deliverability, DeliverySetUp } from '../../../api/deliverability/shapes.ts';
import { apiGet } from '../../app/client.ts';
import { DAY, useFormat } from '../../app/format.ts';
import { useFilter } from '../../app/search.ts';
import { useWords } from '../../app/words.ts';
import { LinkTo } from '../../parts/link-to.tsx';
import { Load } from '../../parts/load.tsx';
import { ReasonText } from '../../parts/reason-text.tsx';
import { SendingState } from './sending-state.tsx';

const WORDS = {
  en: {
    period: 'Period',
    days: (n: number) => `Last ${n} days`,
    sent: 'Sent',
    deferred: 'Put off',
    refused: 'Refused',
    uncertain: 'Uncertain',
    bounced: 'Bounced',
    complained: 'Complaints',
    opened: 'Opened',
    clicked: 'Clicked',
    by_people: 'by people; machines are not counted',
    limits: (warn: string, pause: string) => `warned from ${warn}, stopped from ${pause}`,
    domains: 'By receiving domain',
    domain: 'Domain',
    by_day: 'By day',
    day: 'Day',
    none: 'Nothing was sent by e-mail in this period.',
    counted_since: (moment: string) =>
      `There were too many messages for one answer: counted are those since ${moment}.`,
    set_up: (domain: string) => `${domain} is set up in DNS: SPF, DKIM and DMARC are there.`,
    missing: (domain: string, parts: string) =>
      `${domain} lacks ${parts} in DNS. Few promotions leave until it is there; “etapa doctor” says how to set it up.`,
    no_answer: (domain: string) => `DNS did not answer about ${domain}.`,
    past: 'When promotions were stopped',
    since: 'From',
    until: 'Until',
    still: 'still',
    channel: 'Channel',
    because: 'Because',
    refresh: 'What came back is counted on the day of the message that it is about.',
  },
  es: {
    period: 'Periodo',
    days: (n: number) => `Últimos ${n} días`,
    sent: 'Enviados',
    deferred: 'Aplazados',
    refused: 'Rechazados',
    uncertain: 'Inciertos',
    bounced: 'Rebotados',
    complained: 'Quejas',
    opened: 'Abiertos',
    clicked: 'Con clic',
    by_people: 'por personas; las máquinas no cuentan',
    limits: (warn: string, pause: string) => `aviso desde ${warn}, parada desde ${pause}`,
    domains: 'Por dominio de destino',
    domain: 'Dominio',
    by_day: 'Por día',
    day: 'Día',
    none: 'En este periodo no se envió nada por correo.',
    counted_since: (moment: string) =>
      `Había demasiados mensajes para una sola respuesta: se cuentan los posteriores a ${moment}.`,
    set_up: (domain: string) => `${domain} está configurado en DNS: tiene SPF, DKIM y DMARC.`,
    missing: (domain: string, parts: string) =>
      `A ${domain} le falta en DNS: ${parts}. Hasta que esté, salen pocas promociones; «etapa doctor» explica cómo configurarlo.`,
    no_answer: (domain: string) => `El DNS no respondió sobre ${domain}.`,
    past: 'Cuándo se detuvieron las promociones',
    since: 'Desde',
    until: 'Hasta',
    still: 'siguen detenidas',
    channel: 'Canal',
    because: 'Porque',
    refresh: 'Lo que volvió se cuenta en el día del mensaje al que se refiere.',
  },
};

const PERIODS = [7, 30, 90];

export function DeliverabilityTab() {
  const words = useWords(WORDS);
  const [search, change] = useFilter();
  const days = PERIODS.find((one) => String(one) === search['days']) ?? 30;
  const counted = useQuery({
    queryKey: ['deliverability', days],
    queryFn: () =>
      apiGet<Deliverability>('/v1/deliverability', {
        from: new Date(Date.now() - days * DAY).toISOString(),
      }),
  });
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-end">
        <NativeSelect
          label={words.period}
          size="xs"
          value={String(days)}
          onChange={(event) => change({ days: event.currentTarget.value })}
          data={PERIODS.map((one) => ({ value: String(one), label: words.days(one) }))}
        />
      </Group>
      <SendingState />
      <SetUp />
      <Load of={counted} isEmpty={isEmpty} empty={<Text c="dimmed">{words.none}</Text>}>
        {(data) => <Counted data={data} />}
      </Load>
    </Stack>
  );
}

function isEmpty({ whole, stops }: Deliverability): boolean {
  return stops.length === 0 && Object.values(whole).every((count) => count === 0);
}

function SetUp() {
  const words = useWords(WORDS);
  const look = useQuery({
    queryKey: ['delivery-set-up'],
    queryFn: () => apiGet<DeliverySetUp>('/v1/deliverability/set-up'),
    staleTime: 5 * 60_000,
  });
  const { domain, missing } = look.data ?? { domain: null, missing: [] };
  if (domain === null) return null;
  if (missing === null) return <Alert color="gray">{words.no_answer(domain)}</Alert>;
  if (missing.length > 0) return <Alert color="gray">{words.missing(domain, missing.join(', '))}</Alert>;
  return <Text fz="sm">{words.set_up(domain)}</Text>;
}

function Counted({ data }: { readonly data: Deliverability }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const { whole, domains, days, counted_since, limits, stops } = data;
  const of = (n: number): string => (whole.sent === 0 ? '–' : format.percent(n / whole.sent));
  return (
    <Stack gap="lg">
      {counted_since && <Alert color="gray">{words.counted_since(format.moment(counted_since))}</Alert>}
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="sm">
        <Figure name={words.sent} value={format.number(whole.sent)} />
        <Figure name={words.bounced} value={of(whole.bounced)} about={format.number(whole.bounced)} />
        <Figure
          name={words.complained}
          value={of(whole.complained)}
          about={words.limits(fine(limits.warn_at), fine(limits.pause_at))}
        />
        <Figure name={words.opened} value={of(whole.opened)} about={words.by_people} />
        <Figure name={words.clicked} value={of(whole.clicked)} about={words.by_people} />
      </SimpleGrid>
      <section>
        <Title order={2} mb="xs">
          {words.domains}
        </Title>
        <CountTable
          head={words.domain}
          rows={domains.map(({ domain, ...counts }) => ({
            name: domain,
            counts,
            link: (
              <LinkTo to="/messages" search={{ domain }} fz="sm">
                {domain}
              </LinkTo>
            ),
          }))}
        />
      </section>
      <section>
        <Title order={2} mb="xs">
          {words.by_day}
        </Title>
        <Text fz="sm" c="dimmed" mb="xs">
          {words.refresh}
        </Text>
        <CountTable
          head={words.day}
          rows={days.toReversed().map(({ day, ...counts }) => ({
            name: day,
            counts,
            link: format.date(day),
          }))}
        />
      </section>
      {stops.length > 0 && <Stops stops={stops} />}
    </Stack>
  );
}

/** Limits are so small that a whole percent says nothing. */
function fine(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly about?: string;
}

function Figure({ name, value, about }: FigureProps) {
  return (
    <Paper withBorder p="sm">
      <Text fz="xs" c="dimmed">
        {name}
      </Text>
      <Text fz="xl" fw={600} className="figures">
        {value}
      </Text>
      {about !== undefined && (
        <Text fz="xs" c="dimmed">
          {about}
        </Text>
      )}
    </Paper>
  );
}

type Counts = Deliverability['whole'];

const COLUMNS = [
  'sent',
  'deferred',
  'refused',
  'uncertain',
  'bounced',
  'complained',
  'opened',
  'clicked',
] as const satisfies readonly (keyof Counts)[];

/** Those that are read against what was sent. */
const SHARES: ReadonlySet<keyof Counts> = new Set(['bounced', 'complained', 'opened', 'clicked']);

interface CountTableProps {
  readonly head: string;
  readonly rows: readonly { readonly name: string; readonly link: ReactNode; readonly counts: Counts }[];
}

function CountTable({ head, rows }: CountTableProps) {
  const words = useWords(WORDS);
  const format = useFormat();
  const cell = useMemo(
    () =>
      (counts: Counts, column: keyof Counts): string => {
        const n = counts[column];
        if (!SHARES.has(column) || counts.sent === 0 || n === 0) return format.number(n);
        return `${format.number(n)} · ${format.percent(n / counts.sent)}`;
      },
    [format],
  );
  return (
    <Table.ScrollContainer minWidth={760} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing={5} aria-label={head}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{head}</Table.Th>
            {COLUMNS.map((column) => (
              <Table.Th key={column} className="figure">
                {words[column]}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ name, link, counts }) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400}>
                {link}
              </Table.Th>
              {COLUMNS.map((column) => (
                <Table.Td key={column} className="figure">
                  {cell(counts, column)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Stops({ stops }: { readonly stops: Deliverability['stops'] }) {
  const words = useWords(WORDS);
  const format = useFormat();
  return (
    <section>
      <Title order={2} mb="xs">
        {words.past}
      </Title>
      <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table verticalSpacing={5} aria-label={words.past}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.since}</Table.Th>
              <Table.Th>{words.until}</Table.Th>
              <Table.Th>{words.channel}</Table.Th>
              <Table.Th>{words.because}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {stops.map(({ since, ended_at, channel, because }) => (
              <Table.Tr key={`${since} ${channel}`}>
                <Table.Td>{format.moment(since)}</Table.Td>
                <Table.Td>{ended_at === null ? words.still : format.moment(ended_at)}</Table.Td>
                <Table.Td>{channel}</Table.Td>
                <Table.Td>
                  <ReasonText of={because} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}
