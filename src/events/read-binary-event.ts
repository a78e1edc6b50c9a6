// The Kafka protocol binding of CloudEvents: in binary mode the attributes stand in `ce_` headers and the value is the data
// alone; in structured mode the value is the whole event. Structured is the rule where nothing says otherwise.

const PREFIX = 'ce_';

export function isBinaryMode(headers: Readonly<Record<string, string>>): boolean {
  if (headers['content-type']?.startsWith('application/cloudevents') === true) return false;
  return headers.ce_specversion !== undefined || headers.ce_type !== undefined || headers.ce_id !== undefined;
}

/** The structured form of a binary event; what is missing or unknown is left for the schema to refuse. */
export function readBinaryEvent(data: unknown, headers: Readonly<Record<string, string>>): Record<string, unknown> {
  const attributes = Object.entries(headers)
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, value]) => [name.slice(PREFIX.length), value] as const);
  // Parameters such as the character set say nothing about JSON; the type itself is checked by the schema.
  const contentType = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  return {
    ...Object.fromEntries(attributes),
    ...(contentType === undefined ? {} : { datacontenttype: contentType }),
    data,
  };
}
