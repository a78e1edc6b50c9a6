// How every list is asked for and answered: a bounded number of items and an opaque cursor to the next ones.
import { z } from 'zod';

const LIMIT_MAX = 200;
const LIMIT_DEFAULT = 50;

export const limitField = z
  .string()
  .regex(/^\d{1,3}$/, `expected a number from 1 to ${LIMIT_MAX}`)
  .transform(Number)
  .pipe(z.int().min(1).max(LIMIT_MAX))
  .default(LIMIT_DEFAULT)
  .meta({
    type: 'integer',
    minimum: 1,
    maximum: LIMIT_MAX,
    default: LIMIT_DEFAULT,
    description: 'At most so many items.',
  });

/** A sequence number in a query. */
export const sequenceField = z
  .string()
  .regex(/^\d{1,15}$/, 'expected a sequence number')
  .transform(Number)
  .meta({ type: 'integer', minimum: 0 });

export const cursorField = z.string().min(1).max(500).describe('`nextCursor` of the page before.');

export const pageFields = { limit: limitField, cursor: cursorField.optional() };
export const pageQuery = z.strictObject(pageFields);

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable().describe('Null on the last page.') });
}

/** Lists that are short by nature. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item) });
}
