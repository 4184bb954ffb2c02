import { Alert, Badge, Group, Tabs } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { OneWorkflow } from '../../../api/workflows/shapes.ts';
import { useFilter } from '../../app/search.ts';
import { useMay } from '../../app/session.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { Load } from '../../parts/load.tsx';
import { Page } from '../../parts/page.tsx';
import { EditTab } from './edit-tab.tsx';
import { FiguresTab } from './figures-tab.tsx';
import { useWorkflow, type Files } from './queries.ts';
import { SimulateTab } from './simulate-tab.tsx';
import { StatusBadge } from './status-badge.tsx';
import { StatusMenu } from './status-menu.tsx';
import { TryTab } from './try-tab.tsx';
import { VersionsTab } from './versions-tab.tsx';
import { WaitingTab } from './waiting-tab.tsx';
import { WORDS } from './words.ts';

/** One workflow: what it is, who is in it, and how it is changed. */
export default function WorkflowPage() {
  const { id = '' } = useParams({ strict: false });
  const query = useWorkflow(id);
  const language = useLanguage();
  const workflow = query.data;
  const title = workflow ? inLanguage(workflow.title, language) : id;
  const about = workflow?.describe ? inLanguage(workflow.describe, language) : undefined;
  return (
    <Page
      tab={title}
      title={
        <Group gap="sm" component="span">
          {title}
          {workflow && <StatusBadge status={workflow.status} />}
        </Group>
      }
      {...(about === undefined ? {} : { about })}
      actions={workflow && <StatusMenu workflow={workflow} />}
    >
      <Load of={query}>{(loaded) => <Parts key={loaded.id} workflow={loaded} />}</Load>
    </Page>
  );
}

const TABS = ['figures', 'edit', 'try', 'simulate', 'versions', 'waiting'] as const;
type Tab = (typeof TABS)[number];

/** What is written here and not deployed, and the version that it was begun with. */
interface Draft {
  readonly text: string;
  readonly base: string;
}

function Parts({ workflow }: { readonly workflow: OneWorkflow }) {
  const words = useWords(WORDS);
  const [search, change] = useFilter();
  const maySeePeople = useMay('people');
  const mayPublish = useMay('publish');
  const [draft, setDraft] = useState<Draft>();
  const text = draft?.text ?? workflow.text;
  const isChanged = text !== workflow.text;
  const files: Files = isChanged ? { [workflow.path]: text } : {};
  const may: Readonly<Record<Tab, boolean>> = {
    ...{ figures: true, edit: true, versions: true },
    ...{ try: maySeePeople, waiting: maySeePeople, simulate: mayPublish },
  };
  const tabs = TABS.filter((tab) => may[tab]);
  const tab = tabs.find((one) => one === search['tab']) ?? 'figures';
  const write = (written: string): void =>
    setDraft(
      written === workflow.text ? undefined : { text: written, base: draft?.base ?? workflow.project_hash },
    );
  return (
    <Tabs
      value={tab}
      onChange={(value) =>
        change({ tab: value === 'figures' ? undefined : (value ?? undefined), step: undefined })
      }
      keepMounted={false}
    >
      <Tabs.List mb="md" aria-label={words.tabs}>
        {tabs.map((one) => (
          <Tabs.Tab
            key={one}
            value={one}
            rightSection={
              one === 'edit' && isChanged ? (
                <Badge size="xs" variant="outline" tt="none">
                  {words.unsaved}
                </Badge>
              ) : undefined
            }
          >
            {words[one]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {workflow.folder_differs && (
        <Alert color="yellow" mb="md">
          {words.folder}
        </Alert>
      )}
      <Tabs.Panel value="figures">
        <FiguresTab workflow={workflow} />
      </Tabs.Panel>
      <Tabs.Panel value="edit">
        <EditTab
          workflow={workflow}
          draft={text}
          onDraft={write}
          base={draft?.base ?? workflow.project_hash}
        />
      </Tabs.Panel>
      <Tabs.Panel value="try">
        <TryTab workflow={workflow} files={files} />
      </Tabs.Panel>
      <Tabs.Panel value="simulate">
        <SimulateTab workflow={workflow} files={files} />
      </Tabs.Panel>
      <Tabs.Panel value="versions">
        <VersionsTab workflow={workflow} onTake={write} />
      </Tabs.Panel>
      <Tabs.Panel value="waiting">
        <WaitingTab workflow={workflow} />
      </Tabs.Panel>
    </Tabs>
  );
}
