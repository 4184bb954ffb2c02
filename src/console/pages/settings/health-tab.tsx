import { Alert, Badge, Card, Group, List, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { HealthReport } from '../../../api/health-report/shapes.ts';
import { apiGet } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { Icon } from '../../parts/icon.tsx';
import { Load } from '../../parts/load.tsx';
import { ReasonText } from '../../parts/reason-text.tsx';

const WORDS = {
  en: {
    healthy: 'Everything is at work.',
    unhealthy: 'Something needs a person.',
    late: 'How late the latest is',
    late_messages: 'Messages that could have left',
    late_events: 'Events that are not decided yet',
    late_contacts: 'Contacts whom time asks to be decided',
    attention: 'What needs a person',
    stuck_messages: 'Messages stuck for over ten minutes',
    stuck_partitions: 'Parts of the contacts where somebody waits as long',
    uncertain: 'Messages of seven days of which nobody knows whether they arrived',
    put_aside: 'Contacts that could not be decided',
    held: 'Contacts held since a restore',
    at_work: 'Who is at it',
    processes: 'Processes',
    sending_now: 'Messages in their hands',
    version: 'Project version',
    complaints: 'Complaints of the last seven days',
    of_sent: (complained: string, sent: string) => `${complained} of ${sent} sent`,
    stops: 'Promotions are held back',
    held_by: (channel: string, held: string) => `${channel}: ${held} messages wait`,
    all: 'All channels',
    seconds: (n: string) => `${n} s`,
    nothing: 'none',
  },
  es: {
    healthy: 'Todo está en marcha.',
    unhealthy: 'Algo necesita a una persona.',
    late: 'Cuánto se retrasa lo más atrasado',
    late_messages: 'Mensajes que ya podrían haber salido',
    late_events: 'Eventos aún sin decidir',
    late_contacts: 'Contactos que toca decidir por tiempo',
    attention: 'Lo que necesita a una persona',
    stuck_messages: 'Mensajes atascados más de diez minutos',
    stuck_partitions: 'Partes de los contactos donde alguien espera lo mismo',
    uncertain: 'Mensajes de siete días de los que nadie sabe si llegaron',
    put_aside: 'Contactos que no se pudieron decidir',
    held: 'Contactos retenidos desde una restauración',
    at_work: 'Quién está en ello',
    processes: 'Procesos',
    sending_now: 'Mensajes en sus manos',
    version: 'Versión del proyecto',
    complaints: 'Quejas de los últimos siete días',
    of_sent: (complained: string, sent: string) => `${complained} de ${sent} enviados`,
    stops: 'Las promociones están detenidas',
    held_by: (channel: string, held: string) => `${channel}: ${held} mensajes esperan`,
    all: 'Todos los canales',
    seconds: (n: string) => `${n} s`,
    nothing: 'ninguna',
  },
};

const EVERY = 10_000;

export function HealthTab() {
  const report = useQuery({
    queryKey: ['health-report'],
    queryFn: () => apiGet<HealthReport>('/v1/health-report'),
    refetchInterval: EVERY,
  });
  return <Load of={report}>{(data) => <Report {...data} />}</Load>;
}

function Report(report: HealthReport) {
  const words = useWords(WORDS);
  const { number, percent } = useFormat();
  const { late, stuck, complaints } = report;
  const seconds = (n: number): string => words.seconds(number(Math.round(n)));
  return (
    <Stack>
      <Alert
        color={report.healthy ? 'teal' : 'red'}
        icon={<Icon name={report.healthy ? 'check' : 'warning'} />}
        role="status"
      >
        {report.healthy ? words.healthy : words.unhealthy}
      </Alert>
      <Stops stops={report.stops} />
      <SimpleGrid cols={{ base: 1, md: 3 }}>
        <Figures
          title={words.attention}
          rows={[
            [words.stuck_messages, number(stuck.messages), stuck.messages > 0],
            [words.stuck_partitions, number(stuck.partitions), stuck.partitions > 0],
            [words.put_aside, number(report.put_aside_contacts), report.put_aside_contacts > 0],
            [words.uncertain, number(report.uncertain_messages), report.uncertain_messages > 0],
            [words.held, number(report.held_contacts), report.held_contacts > 0],
          ]}
        />
        <Figures
          title={words.late}
          rows={[
            [words.late_messages, seconds(late.messages)],
            [words.late_events, seconds(late.events)],
            [words.late_contacts, seconds(late.contacts)],
          ]}
        />
        <Figures
          title={words.at_work}
          rows={[
            [words.processes, number(report.processes)],
            [words.sending_now, number(report.sending_now)],
            [words.version, report.version ?? words.nothing],
            [
              words.complaints,
              `${percent(complaints.rate)} (${words.of_sent(number(complaints.complained), number(complaints.sent))})`,
              complaints.level !== 'fine',
            ],
          ]}
        />
      </SimpleGrid>
    </Stack>
  );
}

function Stops({ stops }: Pick<HealthReport, 'stops'>) {
  const words = useWords(WORDS);
  const { number } = useFormat();
  if (stops.length === 0) return null;
  return (
    <Alert color="red" title={words.stops}>
      <List fz="sm">
        {stops.map(({ channel, cause, because, held }) => (
          <List.Item key={`${channel} ${cause}`}>
            <strong>{words.held_by(channel === 'all' ? words.all : channel, number(held))}.</strong>{' '}
            <ReasonText of={because} />
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

interface FiguresProps {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, figure: string, needs_a_look?: boolean])[];
}

function Figures({ title, rows }: FiguresProps) {
  return (
    <Card withBorder>
      <Stack gap="xs">
        <Title order={2}>{title}</Title>
        {rows.map(([name, figure, needs_a_look = false]) => (
          <Group key={name} justify="space-between" wrap="nowrap" gap="md">
            <Text fz="sm">{name}</Text>
            {needs_a_look ? (
              <Badge color="red" variant="outline" leftSection={<Icon name="warning" size={12} />}>
                {figure}
              </Badge>
            ) : (
              <Text className="figure" fz="sm" fw={600}>
                {figure}
              </Text>
            )}
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
