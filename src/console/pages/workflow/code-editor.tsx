import {
  autocompletion,
  snippet,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { yaml } from '@codemirror/lang-yaml';
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView, hoverTooltip } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { useEffect, useEffectEvent, useRef } from 'react';
import type { Completed, Hovered, ProjectProblem } from '../../../api/project-edits/shapes.ts';
import { apiSend } from '../../app/client.ts';
import { styleNonce } from '../../app/nonce.ts';
import './code-editor.css';

export interface CodeEditorProps {
  readonly path: string;
  readonly text: string;
  /** What screen readers call it. */
  readonly label: string;
  readonly problems: readonly ProjectProblem[];
  readonly readOnly: boolean;
  /** The line to go to; each time it is another object, the cursor goes there. */
  readonly goTo?: { readonly line: number } | undefined;
  readonly onChange: (text: string) => void;
}

/** YAML with what the server completes, explains and finds wrong. Tab leaves it, as everywhere; Ctrl-Space completes. */
export default function CodeEditor({
  path,
  text,
  label,
  problems,
  readOnly,
  goTo,
  onChange,
}: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const changed = useEffectEvent(onChange);
  const first = useEffectEvent(() => text);

  useEffect(() => {
    if (!place.current) return undefined;
    const opened = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first(),
        extensions: [
          EditorView.cspNonce.of(styleNonce()),
          basicSetup,
          yaml(),
          lintGutter(),
          EditorView.lineWrapping,
          EditorState.readOnly.of(readOnly),
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          autocompletion({ override: [(context) => complete(path, context)] }),
          hoverTooltip((editor, position) => explain(path, editor, position)),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = opened;
    return () => opened.destroy();
  }, [path, label, readOnly]);

  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== text)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }, [text]);

  useEffect(() => {
    const editor = view.current;
    if (editor) editor.dispatch(setDiagnostics(editor.state, diagnosticsIn(editor.state, problems)));
  }, [problems]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !goTo || goTo.line > editor.state.doc.lines) return;
    const anchor = editor.state.doc.line(goTo.line).from;
    editor.dispatch({ selection: { anchor }, scrollIntoView: true });
    editor.focus();
  }, [goTo]);

  return <div ref={place} className="code-editor" />;
}

function diagnosticsIn({ doc }: EditorState, problems: readonly ProjectProblem[]): Diagnostic[] {
  return problems
    .filter(({ line }) => line <= doc.lines)
    .map(({ line, column, end_column, sentence, mend, severity }) => {
      const row = doc.line(line);
      const from = Math.min(row.from + column - 1, row.to);
      const to = Math.min(Math.max(row.from + end_column - 1, from), row.to);
      return { from, to, severity, message: mend === null ? sentence : `${sentence}; ${mend}` };
    });
}

function placeIn(state: EditorState, position: number): { readonly line: number; readonly column: number } {
  const row = state.doc.lineAt(position);
  return { line: row.number, column: position - row.from + 1 };
}

async function complete(path: string, context: CompletionContext): Promise<CompletionResult | null> {
  const { state, pos, explicit } = context;
  if (!explicit && !context.matchBefore(/\w$/)) return null;
  const asked = { path, text: state.doc.toString(), ...placeIn(state, pos) };
  const { completions } = await apiSend<Completed>('POST', '/v1/project/complete', asked).catch(() => ({
    completions: [],
  }));
  const row = state.doc.lineAt(pos);
  const from = row.from + Math.min(...completions.map((one) => one.from), pos - row.from + 1) - 1;
  return {
    from,
    options: completions.map(({ label, about, insert, from: begins }) => ({
      label,
      info: about,
      apply(view, _, __, to) {
        snippet(insert)(view, { label }, row.from + begins - 1, to);
      },
    })),
    validFor: /^\w*$/,
  };
}

async function explain(path: string, { state }: EditorView, position: number) {
  const asked = { path, text: state.doc.toString(), ...placeIn(state, position) };
  const { text } = await apiSend<Hovered>('POST', '/v1/project/hover', asked).catch(() => ({ text: '' }));
  if (text === '') return null;
  return {
    pos: position,
    create() {
      const dom = document.createElement('div');
      dom.className = 'code-about';
      dom.textContent = text;
      return { dom };
    },
  };
}
