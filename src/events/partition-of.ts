// Which partition a customer belongs to: murmur2 of the id as Kafka's Java clients compute it, so that every producer
// with the usual partitioner agrees with ECS, and the HTTP road uses the same partitions.

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** `subject` is printable ASCII (checked at the door), so a character is a byte. */
export function partitionOf(subject: string, partitions: number): number {
  return (murmur2(subject) & 0x7fffffff) % partitions;
}

function murmur2(text: string): number {
  const length = text.length;
  const whole = length & ~3;
  let h = SEED ^ length;
  for (let i = 0; i < whole; i += 4) {
    let k =
      text.charCodeAt(i) |
      (text.charCodeAt(i + 1) << 8) |
      (text.charCodeAt(i + 2) << 16) |
      (text.charCodeAt(i + 3) << 24);
    k = Math.imul(k, M);
    k = Math.imul(k ^ (k >>> 24), M);
    h = Math.imul(h, M) ^ k;
  }
  for (let i = length - 1; i >= whole; i--) h ^= text.charCodeAt(i) << ((i - whole) * 8);
  if (length > whole) h = Math.imul(h, M);
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
}
