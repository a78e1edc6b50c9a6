// A row of a CSV as it was read: text by column.

export type CsvRecord = Readonly<Record<string, string>>;
