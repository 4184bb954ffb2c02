import type { TestHelper } from '../helper.ts';

/** Is the contact addressed formally (usted)? */
export const formal: TestHelper = {
  kind: 'test',
  name: 'formal',
  takes: [0, 0],
  example: '{{#formal}}su carrito{{else}}tu carrito{{/formal}}',
  holds: (_, root) => root['formality'] === 'usted' || root['formality'] === 'formal',
};
