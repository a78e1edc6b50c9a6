// Text from outside as PostgreSQL can store it: neither text nor jsonb takes a NUL or half a character, and a bad record
// may hold both. What cannot be stored would block its partition.

export function toStorableText(text: string, lengthMax: number): string {
  return text.slice(0, lengthMax).replace(/[\0\p{Cs}]/gu, '\ufffd');
}

const NAME_MAX = 200;
const VALUE_MAX = 4_000;

export function toStorableHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers);
  return Object.fromEntries(
    entries.map(([name, value]) => [toStorableText(name, NAME_MAX), toStorableText(value, VALUE_MAX)]),
  );
}
