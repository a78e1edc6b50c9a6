// Which pack's rules hold for a customer: that of the customer's country, or the installation's default.
import type { PackName } from './policy-document.ts';

const EU_MEMBERS = 'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE'.split(' ');

const PACK_OF_COUNTRY: ReadonlyMap<string, PackName> = new Map<string, PackName>([
  ['BR', 'br'],
  ['US', 'us'],
  ['GB', 'uk'],
  ...EU_MEMBERS.map((country): [string, PackName] => [country, 'eu']),
]);

/** `jurisdiction` is an ISO 3166-1 alpha-2 code. */
export function packOf(jurisdiction: string | null, defaultPack: PackName): PackName {
  return (jurisdiction === null ? undefined : PACK_OF_COUNTRY.get(jurisdiction)) ?? defaultPack;
}
