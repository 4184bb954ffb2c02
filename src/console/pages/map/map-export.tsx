import { Button, Menu } from '@mantine/core';
import type { JourneyMap } from '../../../api/map/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { useLanguage, useWords } from '../../app/words.ts';
import { Icon } from '../../parts/icon.tsx';
import { tell } from '../../parts/tell.ts';
import { WORDS } from './words.ts';

/** The map to take along: as a picture, on paper, or as a link. */
export function MapExport({ map }: { readonly map: JourneyMap }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const format = useFormat();
  const take = async (kind: 'svg' | 'png'): Promise<void> => {
    // Only who exports needs what draws it.
    const { drawMap, save, toPng } = await import('./draw/index.ts');
    const svg = drawMap(map, { words, language, format });
    const name = `etapa-map-${map.period.to}.${kind}`;
    save(name, kind === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : await toPng(svg));
  };
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon name="link" size={16} />}
        onClick={() => void share(words)}
      >
        {words.share}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button leftSection={<Icon name="download" size={16} />}>{words.export}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void take('png').catch(tell.failed)}>{words.as_png}</Menu.Item>
          <Menu.Item onClick={() => void take('svg').catch(tell.failed)}>{words.as_svg}</Menu.Item>
          <Menu.Item onClick={() => globalThis.print()}>{words.as_pdf}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

interface ShareWords {
  readonly copied: string;
  readonly not_copied: string;
}

async function share({ copied, not_copied }: ShareWords): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href);
    tell.done(copied);
  } catch {
    tell.failed(new Error(not_copied));
  }
}
