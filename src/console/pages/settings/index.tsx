import { Tabs } from '@mantine/core';
import { useFilter } from '../../app/search.ts';
import { useMay } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { Page } from '../../parts/page.tsx';
import { AccountTab } from './account-tab.tsx';
import { AuditTab } from './audit-tab.tsx';
import { HealthTab } from './health-tab.tsx';
import { KeysTab } from './keys-tab.tsx';
import { SessionsTab } from './sessions-tab.tsx';
import { UsersTab } from './users-tab.tsx';

const WORDS = {
  en: {
    title: 'Settings',
    account: 'Your account',
    sessions: 'Sessions',
    health: 'Health',
    users: 'Users',
    keys: 'API keys',
    audit: 'Audit log',
  },
  es: {
    title: 'Ajustes',
    account: 'Su cuenta',
    sessions: 'Sesiones',
    health: 'Salud',
    users: 'Usuarios',
    keys: 'Claves de API',
    audit: 'Registro de auditoría',
  },
};

const TABS = [
  { id: 'account', show: AccountTab, right: 'read' },
  { id: 'sessions', show: SessionsTab, right: 'read' },
  { id: 'health', show: HealthTab, right: 'read' },
  { id: 'users', show: UsersTab, right: 'manage' },
  { id: 'keys', show: KeysTab, right: 'manage' },
  { id: 'audit', show: AuditTab, right: 'manage' },
] as const;

export default function SettingsPage() {
  const words = useWords(WORDS);
  const manages = useMay('manage');
  const [{ tab = 'account' }, filter] = useFilter();
  const shown = TABS.filter(({ right }) => right === 'read' || manages);
  const open = shown.find(({ id }) => id === tab) ?? TABS[0];
  return (
    <Page title={words.title}>
      <Tabs
        value={open.id}
        onChange={(id) =>
          filter({ tab: id ?? undefined, actor: undefined, action: undefined }, { keep: true })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md" aria-label={words.title}>
          {shown.map(({ id }) => (
            <Tabs.Tab key={id} value={id}>
              {words[id]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {shown.map(({ id, show: Show }) => (
          <Tabs.Panel key={id} value={id}>
            <Show />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
