// Fields that many answers and requests share, described once.
import { z } from 'zod';
import { CONSENT_PURPOSES } from '../../events/customer-event.ts';
import { customerIdSchema } from '../../events/envelope.ts';
import { AMOUNT_MINOR_MAX } from '../../lib/money.ts';

export const customerParams = z.strictObject({ customerId: customerIdSchema });
export const purposeSchema = z.enum(CONSENT_PURPOSES);

/** An instant as ECS writes it. */
export const atSchema = z.string().describe('RFC 3339 instant in UTC.');
export const minorSchema = z.int().describe('Amount in minor units of the currency.');
export const limitMinorField = z.int().min(0).max(AMOUNT_MINOR_MAX).describe('Credit limit in minor units.');

/** Text of people: no control characters, which no screen shows and PostgreSQL does not store. */
export const NO_CONTROL = /^\P{Cc}*$/u;

/** Why a person did something; kept with it. */
export const reasonField = z.string().trim().min(1).max(500).regex(NO_CONTROL).describe('Why; kept for the record.');

/** A model's name: the SHA-256 of its canonical document. */
export const modelVersionField = z.string().regex(/^[0-9a-f]{64}$/, 'expected a model version: 64 hex digits');
