import { yaml } from '@codemirror/lang-yaml';
import { MergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { styleNonce } from '../../app/nonce.ts';
import './code-editor.css';

export interface DiffProps {
  readonly before: string;
  readonly after: string;
  readonly label: string;
}

/** Two texts side by side; neither can be changed. */
export default function Diff({ before, after, label }: DiffProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return undefined;
    const opened = new MergeView({
      parent: place.current,
      a: { doc: before, extensions: extensionsOf(label) },
      b: { doc: after, extensions: extensionsOf(label) },
      collapseUnchanged: {},
    });
    return () => opened.destroy();
  }, [before, after, label]);
  return <div ref={place} className="code-editor" />;
}

function extensionsOf(label: string): Extension {
  return [
    EditorView.cspNonce.of(styleNonce()),
    lineNumbers(),
    yaml(),
    EditorView.lineWrapping,
    EditorState.readOnly.of(true),
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
  ];
}
