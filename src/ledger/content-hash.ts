// 64 bits of the SHA-256 of a money event's content: tells a repeat from the same identity with other content.
import { canonicalJson, sha256 } from '../lib/canonical-json.ts';

/** The two halves of the signed 64-bit number in the `content_hash` columns; it does not fit a JavaScript number. */
export interface ContentHash {
  /** Signed upper 32 bits. */
  readonly high: number;
  /** Unsigned lower 32 bits. */
  readonly low: number;
}

/** `content`: everything the event says, in a fixed order, null where it says nothing. */
export function hashContent(content: readonly (string | number | null)[]): ContentHash {
  const digest = sha256(canonicalJson(content));
  return { high: digest.readInt32BE(0), low: digest.readUInt32BE(4) };
}
