// A row of a CSV as it was read: text by column, and the line of the file it came from, for whoever has to refuse it.

/** Never in the way of a column: it is no name a header could hold. */
export const LINE = Symbol('line');

export type CsvRecord = Readonly<Record<string, string>> & { readonly [LINE]?: number };

/** How a refusal names a row: by its id where it has one, and by its line where a file was read. */
export function nameRow(record: CsvRecord, row: number, idColumn: string | null): string {
  const line = record[LINE];
  const id = idColumn === null ? undefined : record[idColumn];
  const place = line === undefined ? '' : `line ${line}`;
  if (id !== undefined) return place === '' ? `row ${id}` : `${place}, row ${id}`;
  return place === '' ? `row number ${row + 1}` : place;
}
