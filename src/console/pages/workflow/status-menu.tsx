import { Button, Menu } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Deployed } from '../../../api/project-edits/shapes.ts';
import type { OneWorkflow } from '../../../api/workflows/shapes.ts';
import { apiSend } from '../../app/client.ts';
import { useMay } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { tell } from '../../parts/tell.ts';

const WORDS = {
  en: {
    menu: 'Pause or stop',
    pause: 'Pause',
    resume: 'Let it go on',
    stop: 'Stop',
    pauseSentence: 'Nobody enters any more, and whoever is inside waits where they stand. Nothing is lost.',
    resumeSentence: 'People enter again, and whoever waited goes on.',
    stopSentence: (n: number) =>
      `Nobody enters any more, and the ${n} people inside leave. They do not come back when it goes on.`,
    done: 'Done.',
  },
  es: {
    menu: 'Pausar o parar',
    pause: 'Pausar',
    resume: 'Continuar',
    stop: 'Parar',
    pauseSentence: 'Nadie más entra y quien está dentro espera donde está. No se pierde nada.',
    resumeSentence: 'Vuelve a entrar gente y quien esperaba sigue.',
    stopSentence: (n: number) =>
      `Nadie más entra y las ${n} personas que están dentro salen. No vuelven aunque continúe.`,
    done: 'Hecho.',
  },
};

type Command = 'pause' | 'resume' | 'stop';

/** For whoever may publish: each is asked for once more, as it changes something for everybody. */
export function StatusMenu({ workflow }: { readonly workflow: OneWorkflow }) {
  const words = useWords(WORDS);
  const confirm = useConfirm();
  const client = useQueryClient();
  const may = useMay('publish');
  const commanding = useMutation({
    mutationFn: (command: Command) =>
      apiSend<Deployed>('POST', `/v1/workflows/${encodeURIComponent(workflow.id)}/${command}`),
    async onSuccess() {
      await client.invalidateQueries();
      tell.done(words.done);
    },
    onError: (error) => tell.failed(error),
  });
  if (!may) return null;
  const sentences = {
    pause: words.pauseSentence,
    resume: words.resumeSentence,
    stop: words.stopSentence(workflow.inside),
  };
  const ask = async (command: Command): Promise<void> => {
    if (await confirm(words[command], sentences[command], words[command])) commanding.mutate(command);
  };
  const isLive = workflow.status === 'live';
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" loading={commanding.isPending}>
          {words.menu}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {isLive && <Menu.Item onClick={() => void ask('pause')}>{words.pause}</Menu.Item>}
        {!isLive && <Menu.Item onClick={() => void ask('resume')}>{words.resume}</Menu.Item>}
        {workflow.status !== 'stopped' && (
          <Menu.Item onClick={() => void ask('stop')}>{words.stop}</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
