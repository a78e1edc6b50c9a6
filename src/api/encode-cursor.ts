// Makes a position in a list opaque to callers, and refuses what was never one of ours.
import type { z } from 'zod';
import { EcsError } from '../lib/errors.ts';

export function encodeCursor(position: object): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

export function decodeCursor<Schema extends z.ZodType>(schema: Schema, cursor: string): z.output<Schema> {
  const parsed = schema.safeParse(readJson(Buffer.from(cursor, 'base64url').toString()));
  if (parsed.success) return parsed.data;
  throw new EcsError('ECS_REQUEST_INVALID', 'expected `nextCursor` of the page before', { facts: { field: 'cursor' } });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
