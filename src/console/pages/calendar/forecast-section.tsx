import { List, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Forecast } from '../../../api/forecast/shapes.ts';
import { apiGet } from '../../app/client.ts';
import { useFormat } from '../../app/format.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { LinkTo } from '../../parts/link-to.tsx';
import { Load } from '../../parts/load.tsx';

const WORDS = {
  en: {
    title: 'What will be sent in the next seven days',
    about:
      'From the runs that wait now: likely is what is sent if nothing else happens; perhaps depends on a condition. Whoever comes in, buys or leaves until then, and what consent, limits and quiet hours hold back, is not in it.',
    likely: 'Likely',
    perhaps: 'Perhaps',
    day: 'Day',
    message: 'Message',
    workflow: 'Workflow',
    bars: 'Messages for each day',
    share: (percent: string) => `Estimated from ${percent} of the people, chosen by chance.`,
    more: 'More messages wait to leave than were counted.',
    scheduled: 'The calendar starts besides, for people who are chosen then:',
    empty: 'Nothing waits for these days.',
  },
  es: {
    title: 'Lo que se enviará en los próximos siete días',
    about:
      'Según los recorridos que esperan ahora: probable es lo que se envía si no pasa nada más; quizá depende de una condición. No incluye a quien entre, compre o salga hasta entonces, ni lo que retengan el consentimiento, los límites y los horarios.',
    likely: 'Probable',
    perhaps: 'Quizá',
    day: 'Día',
    message: 'Mensaje',
    workflow: 'Flujo',
    bars: 'Mensajes de cada día',
    share: (percent: string) => `Estimado a partir del ${percent} de las personas, elegidas al azar.`,
    more: 'Esperan para salir más mensajes de los contados.',
    scheduled: 'Además el calendario inicia, para personas que se eligen entonces:',
    empty: 'Nada espera para estos días.',
  },
};

export function ForecastSection() {
  const words = useWords(WORDS);
  const forecast = useQuery({
    queryKey: ['forecast'],
    queryFn: () => apiGet<Forecast>('/v1/forecast', { days: 7 }),
  });
  return (
    <section>
      <Title order={2}>{words.title}</Title>
      <Text fz="sm" c="dimmed" mb="sm" maw={820}>
        {words.about}
      </Text>
      <Load of={forecast}>{(data) => <Told forecast={data} />}</Load>
    </section>
  );
}

function Told({ forecast }: { readonly forecast: Forecast }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const language = useLanguage();
  const { days, messages, counted, scheduled } = forecast;
  return (
    <Paper withBorder p="md">
      <Stack gap="md">
        {messages.length === 0 ? <Text c="dimmed">{words.empty}</Text> : <Bars days={days} />}
        {counted.share < 1 && (
          <Text fz="sm" c="dimmed">
            {words.share(format.percent(counted.share))}
          </Text>
        )}
        {counted.more_messages && (
          <Text fz="sm" c="dimmed">
            {words.more}
          </Text>
        )}
        {messages.length > 0 && <Messages messages={messages} />}
        {scheduled.length > 0 && (
          <div>
            <Text fz="sm">{words.scheduled}</Text>
            <List size="sm">
              {scheduled.map(({ workflow, title, at }) => (
                <List.Item key={`${workflow} ${at}`}>
                  {inLanguage(title, language)}, {format.moment(at)}
                </List.Item>
              ))}
            </List>
          </div>
        )}
      </Stack>
    </Paper>
  );
}

const HEIGHT = 90;

/** The same figures stand in the table below. */
function Bars({ days }: { readonly days: Forecast['days'] }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const language = useLanguage();
  const weekday = new Intl.DateTimeFormat(language === 'es' ? 'es' : 'en-GB', {
    weekday: 'short',
    day: 'numeric',
    timeZone: 'UTC',
  });
  const most = Math.max(1, ...days.map(({ likely, perhaps }) => likely + perhaps));
  const label = days
    .map(({ date, likely, perhaps }) => {
      const maybe = perhaps > 0 ? `, ${words.perhaps} ${format.number(perhaps)}` : '';
      return `${weekday.format(Date.parse(date))}: ${words.likely} ${format.number(likely)}${maybe}`;
    })
    .join('; ');
  return (
    <div className="bars" role="img" aria-label={`${words.bars}. ${label}`}>
      {days.map(({ date, likely, perhaps }) => {
        const [sure, maybe] = [likely, perhaps].map((n) => (n / most) * HEIGHT);
        const top = HEIGHT - (sure ?? 0);
        return (
          <div key={date} className="bar-column">
            <div>{format.number(likely)}</div>
            <div>{perhaps > 0 ? `+ ${format.number(perhaps)}` : '\u00a0'}</div>
            <svg className="bar" viewBox={`0 0 40 ${HEIGHT}`} preserveAspectRatio="none" height={HEIGHT}>
              <rect x={0} width={40} y={top} height={sure} rx={2} />
              <rect className="perhaps" x={1} width={38} y={top - (maybe ?? 0)} height={maybe} rx={2} />
            </svg>
            {weekday.format(Date.parse(date))}
          </div>
        );
      })}
    </div>
  );
}

function Messages({ messages }: { readonly messages: Forecast['messages'] }) {
  const words = useWords(WORDS);
  const format = useFormat();
  return (
    <Table.ScrollContainer minWidth={520} mah={320} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing={4} aria-label={words.title}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.day}</Table.Th>
            <Table.Th>{words.message}</Table.Th>
            <Table.Th>{words.workflow}</Table.Th>
            <Table.Th className="figure">{words.likely}</Table.Th>
            <Table.Th className="figure">{words.perhaps}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {messages.map(({ date, workflow, message, channel, likely, perhaps }) => (
            <Table.Tr key={`${date} ${workflow} ${message} ${channel}`}>
              <Table.Td className="nowrap">{format.date(date)}</Table.Td>
              <Table.Td>
                <LinkTo to="/messages" search={{ tab: 'templates', template: message }} fz="sm">
                  {message}
                </LinkTo>
              </Table.Td>
              <Table.Td>{workflow}</Table.Td>
              <Table.Td className="figure">{format.number(likely)}</Table.Td>
              <Table.Td className="figure">{perhaps > 0 ? format.number(perhaps) : ''}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
