import type { TestHelper } from '../helper.ts';

/** Is this message said in one of these tones? */
export const tone: TestHelper = {
  kind: 'test',
  name: 'tone',
  takes: [1, 20],
  example: '{{#tone "calm" "brief"}}…{{else}}…{{/tone}}',
  holds: (tones, root) => root['tone'] !== undefined && tones.includes(root['tone']),
};
