import { Anchor, Tabs } from '@mantine/core';
import { useFilter } from '../../app/search.ts';
import { useSession } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';
import { DeliverabilityTab } from './deliverability-tab.tsx';
import { MessagesTab } from './messages-tab.tsx';
import { TemplatesTab } from './templates-tab.tsx';

const WORDS = {
  en: {
    title: 'Messages',
    about: 'What went out, what was held back and why, and how it arrives.',
    list: 'Messages',
    delivery: 'Deliverability',
    templates: 'Templates',
    inbox: 'The inbox of caught mail',
  },
  es: {
    title: 'Mensajes',
    about: 'Qué salió, qué se retuvo y por qué, y cómo llega.',
    list: 'Mensajes',
    delivery: 'Entrega',
    templates: 'Plantillas',
    inbox: 'El buzón de los correos capturados',
  },
};

const TABS = ['list', 'delivery', 'templates'] as const;

export default function MessagesPage() {
  const words = useWords(WORDS);
  const [search, change] = useFilter();
  const session = useSession();
  const tab = TABS.find((one) => one === search['tab']) ?? 'list';
  const inbox = session.data?.demo === true && (
    <Anchor href="/inbox/" fz="sm">
      {words.inbox}
    </Anchor>
  );
  return (
    <Page title={words.title} about={words.about} actions={inbox}>
      <Tabs
        value={tab}
        onChange={(value) =>
          change({ tab: value === 'list' ? undefined : (value ?? undefined) }, { keep: true })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {words[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="list">
          <MessagesTab />
        </Tabs.Panel>
        <Tabs.Panel value="delivery">
          <DeliverabilityTab />
        </Tabs.Panel>
        <Tabs.Panel value="templates">
          <TemplatesTab />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
