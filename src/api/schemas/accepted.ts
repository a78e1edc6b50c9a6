// The answer of everything that goes the road of events: durable, and counted in a moment.
import { z } from 'zod';

export const acceptedSchema = z
  .object({ accepted: z.int().describe('How many events are durable now.') })
  .meta({ id: 'Accepted' });
