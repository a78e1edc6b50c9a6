// A feature's name in the model, made from the column it is read from: lower case, one of its kind.

export function makeFeatureName(column: string, taken: ReadonlySet<string>): string {
  const words = column
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60);
  const base = /^[a-z]/.test(words) ? words : `column_${words}`.replace(/_$/, '').slice(0, 60);
  let name = base;
  for (let more = 2; taken.has(name); more += 1) name = `${base}_${more}`;
  return name;
}
