/** Lines of a table that spreadsheets open (RFC 4180). */

type Cell = string | number | null;

/** Without its line end. */
export function csvLine(cells: readonly Cell[]): string {
  return cells.map(written).join(',');
}

function written(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell);
  // What somebody was given for a name must not become a formula in a spreadsheet.
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
