// Canonical JSON against the package that is known for it, over random values and the corners of the RFC.
import canonicalizeModule from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.ts';

// The package is CommonJS with an ES default in its types; under nodenext the callable is the module itself.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined;

test('writes what the reference implementation writes, for any JSON value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5, noUnicodeString: false }), (value) => {
      expect(canonicalJson(value)).toBe(canonicalize(value));
    }),
    { numRuns: 2_000 },
  );
});

test('any number reads back as itself', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(canonicalJson(value)).toBe(canonicalize(value));
      expect(JSON.parse(canonicalJson(value))).toBe(value === 0 ? 0 : value);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  [{ b: 1, a: { d: [], c: {} } }, '{"a":{"c":{},"d":[]},"b":1}'],
  [{ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }, undefined],
  [{ a: undefined, b: [undefined] }, '{"b":[null]}'],
  [[-0, 1e21, 1e-7, 333333333.3333333, 4.5, 2e-3], '[0,1e+21,1e-7,333333333.3333333,4.5,0.002]'],
  [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  ['\ud800', '"\\ud800"'],
])('corner %#', (value, text) => {
  expect(canonicalJson(value)).toBe(text ?? canonicalize(value));
  expect(canonicalJson(value)).toBe(canonicalize(value));
});

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [undefined], [{ a: Number.NaN }]])('%p has no form', (value) => {
  expect(() => canonicalJson(value)).toThrow();
});

test('objects of the same names in another order, of fewer and of more are told apart', () => {
  const names = fc.constantFrom('a', 'b', 'a,b', 'ab', '"', ':', '__proto__', 'ä');
  const pairs = fc.uniqueArray(fc.tuple(names, fc.integer()), { selector: ([name]) => name });
  fc.assert(
    fc.property(pairs, (members) => {
      const value = Object.fromEntries(members);
      expect(canonicalJson(value)).toBe(canonicalize(value));
    }),
    { numRuns: 2_000 },
  );
});

test('ids as names, more than are remembered, are written no differently', () => {
  for (let count = 0; count < 6_000; count += 1) {
    const value = { [`id-${count}`]: count, a: { [`other-${count}`]: null, [`${count}`]: [] } };
    expect(canonicalJson(value)).toBe(canonicalize(value));
  }
});
