import { useMemo } from 'react';
import { styleNonce } from '../app/nonce.ts';

export interface MailFrameProps {
  /** The rendered mail, as it was or would be sent. */
  readonly html: string;
  /** What screen readers call it. */
  readonly title: string;
  readonly width?: number | string;
  readonly height?: number | string;
}

/**
 * A mail is a stranger's page: it may look like something and do nothing. The frame is of no origin and runs no script;
 * pictures from elsewhere stay away, as the policy of the console holds in it, too.
 */
export function MailFrame({ html, title, width = '100%', height = 560 }: MailFrameProps) {
  // The policy of the page holds inside the frame: its styles are let in by the nonce of the page.
  const page = useMemo(() => html.replaceAll(/<style\b/gi, `<style nonce="${styleNonce()}"`), [html]);
  return (
    <iframe sandbox="" srcDoc={page} title={title} width={width} height={height} className="mail-frame" />
  );
}
