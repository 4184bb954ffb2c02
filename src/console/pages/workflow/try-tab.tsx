import {
  Button,
  Checkbox,
  Fieldset,
  Grid,
  Group,
  SegmentedControl,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { OneWorkflow, Tried } from '../../../api/workflows/shapes.ts';
import { apiSend } from '../../app/client.ts';
import { useLanguage, useWords } from '../../app/words.ts';
import { Failed } from '../../parts/failed.tsx';
import { Icon } from '../../parts/icon.tsx';
import { propertiesIn } from './properties-in.ts';
import type { Files } from './queries.ts';
import { TryRun } from './try-run.tsx';

const WORDS = {
  en: {
    hint: 'Somebody walks the workflow in virtual time, by the very rules that decide in production. Nothing is sent or kept.',
    hintDraft: 'What you have written and not deployed is tried.',
    who: 'Who',
    invent: 'Somebody made up',
    pick: 'A real contact',
    contact: 'E-mail address or id of the contact',
    email: 'E-mail address',
    name: 'First name',
    language: 'Language',
    consent: 'Has agreed to promotions by e-mail',
    more: 'More that is known (JSON)',
    what: 'What happens',
    by_hand: 'The workflow is started',
    event: 'An event',
    update: 'Fields are told',
    kind: 'What',
    eventName: 'Name of the event',
    at: 'When',
    with: 'Its properties (JSON)',
    fields: 'The fields (JSON)',
    add: 'Add something that happens',
    remove: 'Remove',
    start: 'Begins at (the clock of the contact)',
    startHint: 'Like 2026-11-20 16:30; empty for now',
    others: 'Let the other workflows run as well',
    play: 'Play',
    json: 'This is not JSON: write it like {"price": 89}.',
    when: 'Like start, +2 hours, +1 day',
  },
  es: {
    hint: 'Alguien recorre el flujo en tiempo virtual, con las mismas reglas que deciden de verdad. No se envía ni se guarda nada.',
    hintDraft: 'Se prueba lo que ha escrito y no ha publicado.',
    who: 'Quién',
    invent: 'Alguien inventado',
    pick: 'Un contacto real',
    contact: 'Correo o id del contacto',
    email: 'Correo electrónico',
    name: 'Nombre',
    language: 'Idioma',
    consent: 'Ha aceptado promociones por correo',
    more: 'Más datos (JSON)',
    what: 'Qué ocurre',
    by_hand: 'Se inicia el flujo',
    event: 'Un evento',
    update: 'Se saben datos',
    kind: 'Qué',
    eventName: 'Nombre del evento',
    at: 'Cuándo',
    with: 'Sus propiedades (JSON)',
    fields: 'Los campos (JSON)',
    add: 'Añadir algo que ocurre',
    remove: 'Quitar',
    start: 'Empieza (según el reloj del contacto)',
    startHint: 'Como 2026-11-20 16:30; vacío para ahora',
    others: 'Que funcionen también los demás flujos',
    play: 'Probar',
    json: 'Esto no es JSON: escríbalo como {"price": 89}.',
    when: 'Como start, +2 hours, +1 day',
  },
};

const KINDS = ['by_hand', 'event', 'update'] as const;

interface Happening {
  readonly id: number;
  readonly kind: (typeof KINDS)[number];
  readonly event: string;
  readonly at: string;
  readonly with: string;
}

const FIRST: Happening = { id: 0, kind: 'by_hand', event: 'product_added', at: 'start', with: '' };

/** Invents somebody, or picks one, and lets the workflow run. */
export function TryTab({ workflow, files }: { readonly workflow: OneWorkflow; readonly files: Files }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const [who, setWho] = useState<'invent' | 'pick'>('invent');
  const [contact_id, setContactId] = useState('');
  const [email, setEmail] = useState('ana@example.com');
  const [first_name, setName] = useState('Ana');
  const [spoken, setSpoken] = useState<string>(language);
  const [consent, setConsent] = useState(true);
  const [more, setMore] = useState('');
  const [start, setStart] = useState('');
  const [others, setOthers] = useState(false);
  const [happenings, setHappenings] = useState<readonly Happening[]>([FIRST]);
  const isReadable = [more, ...happenings.map((one) => one.with)].every(
    (text) => propertiesIn(text) !== undefined,
  );
  const trying = useMutation({
    mutationFn: () =>
      apiSend<Tried>('POST', `/v1/workflows/${encodeURIComponent(workflow.id)}/try`, {
        files,
        others,
        ...(start.trim() === '' ? {} : { start: start.trim() }),
        ...(who === 'pick'
          ? { contact_id: contact_id.trim() }
          : {
              contact: {
                ...propertiesIn(more),
                ...{ email, first_name, language: spoken, consent: consent ? ['email'] : [] },
              },
            }),
        given: happenings.map((one) => givenOf(one, workflow.id)),
      }),
  });
  const set = (id: number, some: Partial<Happening>): void =>
    setHappenings((list) => list.map((one) => (one.id === id ? { ...one, ...some } : one)));
  return (
    <Stack gap="lg">
      <Text fz="sm" c="dimmed">
        {words.hint} {Object.keys(files).length > 0 && words.hintDraft}
      </Text>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReadable) trying.mutate();
        }}
      >
        <Grid gap="md">
          <Grid.Col span={{ base: 12, md: 5 }}>
            <Fieldset legend={words.who}>
              <Stack gap="sm">
                <SegmentedControl
                  value={who}
                  onChange={(value) => setWho(value === 'pick' ? 'pick' : 'invent')}
                  aria-label={words.who}
                  data={[
                    { value: 'invent', label: words.invent },
                    { value: 'pick', label: words.pick },
                  ]}
                />
                {who === 'pick' ? (
                  <TextInput
                    label={words.contact}
                    required
                    value={contact_id}
                    onChange={(event) => setContactId(event.currentTarget.value)}
                  />
                ) : (
                  <>
                    <TextInput
                      label={words.email}
                      value={email}
                      onChange={(event) => setEmail(event.currentTarget.value)}
                    />
                    <TextInput
                      label={words.name}
                      value={first_name}
                      onChange={(event) => setName(event.currentTarget.value)}
                    />
                    <Select
                      label={words.language}
                      value={spoken}
                      onChange={(value) => setSpoken(value ?? 'en')}
                      data={[
                        { value: 'en', label: 'English' },
                        { value: 'es', label: 'Español' },
                      ]}
                      allowDeselect={false}
                    />
                    <Checkbox
                      label={words.consent}
                      checked={consent}
                      onChange={(event) => setConsent(event.currentTarget.checked)}
                    />
                    <Textarea
                      label={words.more}
                      placeholder='{"time_zone": "America/Mexico_City"}'
                      value={more}
                      onChange={(event) => setMore(event.currentTarget.value)}
                      error={propertiesIn(more) === undefined && words.json}
                      autosize
                    />
                  </>
                )}
              </Stack>
            </Fieldset>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 7 }}>
            <Fieldset legend={words.what}>
              <Stack gap="sm">
                <TextInput
                  label={words.start}
                  description={words.startHint}
                  value={start}
                  onChange={(event) => setStart(event.currentTarget.value)}
                />
                {happenings.map((one) => (
                  <Group key={one.id} align="flex-end" gap="xs">
                    <Select
                      label={words.kind}
                      value={one.kind}
                      onChange={(value) =>
                        set(one.id, { kind: KINDS.find((kind) => kind === value) ?? 'by_hand' })
                      }
                      data={KINDS.map((kind) => ({ value: kind, label: words[kind] }))}
                      allowDeselect={false}
                      w={190}
                    />
                    {one.kind === 'event' && (
                      <TextInput
                        label={words.eventName}
                        value={one.event}
                        onChange={(event) => set(one.id, { event: event.currentTarget.value })}
                        w={170}
                      />
                    )}
                    <TextInput
                      label={words.at}
                      title={words.when}
                      value={one.at}
                      onChange={(event) => set(one.id, { at: event.currentTarget.value })}
                      w={110}
                    />
                    <TextInput
                      label={one.kind === 'update' ? words.fields : words.with}
                      value={one.with}
                      placeholder={one.kind === 'update' ? '{"birthday": "1990-11-18"}' : '{"price": 89}'}
                      onChange={(event) => set(one.id, { with: event.currentTarget.value })}
                      error={propertiesIn(one.with) === undefined && words.json}
                      style={{ flexGrow: 1 }}
                    />
                    <Button
                      variant="default"
                      onClick={() => setHappenings((list) => list.filter(({ id }) => id !== one.id))}
                    >
                      {words.remove}
                    </Button>
                  </Group>
                ))}
                <Group justify="space-between">
                  <Button
                    variant="default"
                    onClick={() =>
                      setHappenings((list) => [
                        ...list,
                        { ...FIRST, kind: 'event', id: Math.max(0, ...list.map(({ id }) => id)) + 1 },
                      ])
                    }
                  >
                    {words.add}
                  </Button>
                  <Checkbox
                    label={words.others}
                    checked={others}
                    onChange={(event) => setOthers(event.currentTarget.checked)}
                  />
                </Group>
                <Group justify="flex-end">
                  <Button
                    type="submit"
                    loading={trying.isPending}
                    leftSection={<Icon name="play" size={16} />}
                  >
                    {words.play}
                  </Button>
                </Group>
              </Stack>
            </Fieldset>
          </Grid.Col>
        </Grid>
      </form>
      {trying.error && <Failed error={trying.error} />}
      {trying.data && (
        <TryRun key={trying.submittedAt} workflow={workflow} files={files} tried={trying.data} />
      )}
    </Stack>
  );
}

/** As the API is told of it. */
function givenOf({ kind, event, at, with: text }: Happening, workflow: string): object {
  const properties = propertiesIn(text);
  if (kind === 'update') return { update: properties ?? {}, at };
  return {
    ...(kind === 'event' ? { event } : { started: workflow }),
    at,
    ...(text.trim() === '' ? {} : { with: properties }),
  };
}
