/** What is different from one kind of business to another. */
import type { Both } from './in-languages.ts';

export interface Kind {
  /** Conditions in YAML. */
  readonly stages: {
    readonly consideration: string;
    readonly decision: string;
    readonly decision_words: Both;
    readonly experience: string;
    readonly loyalty: string;
  };
  readonly segments: readonly { readonly id: string; readonly title: Both; readonly when: string }[];
  /** Lines of `data.yaml`. */
  readonly fields: string;
  readonly events: string;
  readonly map: {
    /** Events that belong to the stages, and the workflows that write in them. */
    readonly looks: string;
    readonly decides: string;
    readonly reminder: string;
    readonly becomes: string;
    readonly question: string;
    readonly regulars: string;
  };
  readonly workflows: readonly WorkflowText[];
  readonly messages: readonly MessageText[];
}

export interface WorkflowText {
  readonly id: string;
  readonly title: Both;
  readonly describe: Both;
  /** From `purpose` on. */
  readonly body: string;
  /** The entries of `tests`. */
  readonly tests: string;
}

export interface MessageText {
  readonly id: string;
  readonly purpose: 'promotion' | 'service';
  readonly survey?: 'satisfaction';
  readonly subject: Both;
  readonly preheader: Both;
  /** MJML, where `{{WEBSITE}}` is the address of the business. */
  readonly body: Both;
}

/** A headline, paragraphs and perhaps a button, between the greeting and the sign-off. */
export function letter(headline: string, paragraphs: readonly string[], button?: string): string {
  return [
    `<mj-text mj-class="headline"><h1 style="margin:0;font-size:26px;line-height:32px">${headline}</h1></mj-text>`,
    '<mj-text>{{greeting}}</mj-text>',
    ...paragraphs.map((words) => (words.startsWith('<') ? words : `<mj-text>${words}</mj-text>`)),
    ...(button === undefined ? [] : [`<mj-button href="WEBSITE">${button}</mj-button>`]),
    '<mj-text>{{sign_off}}<br />{{sender.name}}</mj-text>',
  ].join('\n');
}

/** The five answers of a survey as links. */
export const SCORES = `<mj-raw>
  <tr>
    <td style="padding:4px 32px 20px">
      {{#each survey_links}}<a href="{{url this.url}}" style="display:inline-block;min-width:20px;margin:0 6px 6px 0;padding:12px 14px;border-radius:8px;background:#e2e8f0;color:#1e293b;font-family:Helvetica,Arial,sans-serif;font-size:16px;font-weight:700;text-align:center;text-decoration:none">{{this.score}}</a>{{/each}}
    </td>
  </tr>
</mj-raw>`;
