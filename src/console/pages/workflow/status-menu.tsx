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
    menu: { live: 'Pause or stop', paused: 'Let it go on, or stop' },
    begin: 'Let it begin',
    pause: 'Pause',
    resume: 'Let it go on',
    stop: 'Stop',
    pauseSentence: 'Nobody enters any more, and whoever is inside waits where they stand. Nothing is lost.',
    resumeSentence: 'People enter again, and whoever waited goes on.',
    beginSentence: 'People enter from now on.',
    stopSentence: (n: number) =>
      `Nobody enters any more, and the ${n} people inside leave. They do not come back when it goes on.`,
    done: 'Done.',
  },
  es: {
    menu: { live: 'Pausar o parar', paused: 'Continuar o parar' },
    begin: 'Poner en marcha',
    pause: 'Pausar',
    resume: 'Continuar',
    stop: 'Parar',
    pauseSentence: 'Nadie más entra y quien está dentro espera donde está. No se pierde nada.',
    resumeSentence: 'Vuelve a entrar gente y quien esperaba sigue.',
    beginSentence: 'Desde ahora entra gente.',
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
  const { status } = workflow;
  const isDraft = status === 'draft';
  const names = { ...words, ...(isDraft && { resume: words.begin }) };
  const sentences = {
    pause: words.pauseSentence,
    resume: isDraft ? words.beginSentence : words.resumeSentence,
    stop: words.stopSentence(workflow.inside),
  };
  const ask = async (command: Command): Promise<void> => {
    if (await confirm(names[command], sentences[command], names[command])) commanding.mutate(command);
  };
  if (status === 'draft' || status === 'stopped')
    return (
      <Button variant="default" loading={commanding.isPending} onClick={() => void ask('resume')}>
        {names.resume}
      </Button>
    );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" loading={commanding.isPending}>
          {words.menu[status]}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {status === 'live' && <Menu.Item onClick={() => void ask('pause')}>{words.pause}</Menu.Item>}
        {status === 'paused' && <Menu.Item onClick={() => void ask('resume')}>{words.resume}</Menu.Item>}
        <Menu.Item onClick={() => void ask('stop')}>{words.stop}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
