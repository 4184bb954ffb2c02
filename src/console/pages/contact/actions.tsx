import { Button, Menu } from '@mantine/core';
import { useState } from 'react';
import type { Person } from '../../../api/contacts/shapes.ts';
import { useWords } from '../../app/words.ts';
import { Icon } from '../../parts/icon.tsx';
import { ConsentForm } from './consent-form.tsx';
import { EditFields } from './edit-fields.tsx';
import { EraseForm } from './erase-form.tsx';
import { EventForm } from './event-form.tsx';
import { MergeForm } from './merge-form.tsx';
import { StartForm } from './start-form.tsx';
import { SuppressForm } from './suppress-form.tsx';

const WORDS = {
  en: {
    more: 'More',
    edit: 'Edit fields',
    start: 'Start a workflow',
    event: 'Tell an event',
    consent: 'Note a consent',
    merge: 'Merge into another contact',
    suppress: 'Suppress the address',
    export: 'Export everything',
    erase: 'Erase this person',
  },
  es: {
    more: 'Más',
    edit: 'Editar campos',
    start: 'Iniciar un flujo',
    event: 'Anotar un evento',
    consent: 'Anotar un permiso',
    merge: 'Fusionar con otro contacto',
    suppress: 'Suprimir la dirección',
    export: 'Exportar todo',
    erase: 'Borrar a esta persona',
  },
};

const FORMS = {
  edit: EditFields,
  start: StartForm,
  event: EventForm,
  consent: ConsentForm,
  merge: MergeForm,
  suppress: SuppressForm,
  erase: EraseForm,
};
type Form = keyof typeof FORMS;

/** What can be done about one contact. */
export function Actions({ person }: { readonly person: Person }) {
  const words = useWords(WORDS);
  const [form, setForm] = useState<Form>();
  const Opened = form && FORMS[form];
  const item = (name: Form) => <Menu.Item onClick={() => setForm(name)}>{words[name]}</Menu.Item>;
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button variant="default">{words.more}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {item('start')}
          {item('event')}
          {item('consent')}
          <Menu.Divider />
          {item('merge')}
          {item('suppress')}
          <Menu.Item
            component="a"
            href={`/v1/contacts/${person.id}/export`}
            download
            leftSection={<Icon name="download" size={14} />}
          >
            {words.export}
          </Menu.Item>
          <Menu.Item color="red" onClick={() => setForm('erase')}>
            {words.erase}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button onClick={() => setForm('edit')}>{words.edit}</Button>
      {Opened && <Opened person={person} close={() => setForm(undefined)} />}
    </>
  );
}
