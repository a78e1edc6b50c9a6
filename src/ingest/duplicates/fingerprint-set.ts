// An exact set of 64-bit fingerprints in typed arrays: open addressing with linear probing, at most half full. No object
// and no BigInt per element, so that millions of them cost 16 to 32 bytes each and no garbage.

export interface FingerprintSet {
  readonly size: number;
  readonly bytes: number;
  has(low: number, high: number): boolean;
  /** False if it was there already. 0,0 cannot be added: it marks an empty place. */
  add(low: number, high: number): boolean;
}

const CAPACITY_MIN = 16;

export function createFingerprintSet(expected = 0): FingerprintSet {
  let capacity = CAPACITY_MIN;
  while (capacity < expected * 2) capacity *= 2;
  let places = new Int32Array(capacity * 2);
  let size = 0;

  function grow(): void {
    const old = places;
    places = new Int32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      const low = old[at] as number;
      const high = old[at + 1] as number;
      if (low !== 0 || high !== 0) insert(places, low, high);
    }
  }

  return {
    get size() {
      return size;
    },
    get bytes() {
      return places.byteLength;
    },
    has: (low, high) => findPlace(places, low, high) < 0,
    add(low, high) {
      if (!insert(places, low, high)) return false;
      size++;
      if (size * 4 > places.length) grow();
      return true;
    },
  };
}

function insert(places: Int32Array, low: number, high: number): boolean {
  const place = findPlace(places, low, high);
  if (place < 0) return false;
  places[place] = low;
  places[place + 1] = high;
  return true;
}

/** The empty place where the fingerprint belongs, or -1 if it is there. A fingerprint is random: its bits are its hash. */
function findPlace(places: Int32Array, low: number, high: number): number {
  const mask = places.length - 2;
  for (let at = (low << 1) & mask; ; at = (at + 2) & mask) {
    if (places[at] === low && places[at + 1] === high) return -1;
    if (places[at] === 0 && places[at + 1] === 0) return at;
  }
}
