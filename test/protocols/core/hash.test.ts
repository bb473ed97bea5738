import { expect, test } from 'vitest'
import { fnv1a64, hashText } from '../../../protocols/core/hash.ts'

test.each([
  ['', 'cbf29ce484222325'],
  ['a', 'af63dc4c8601ec8c'],
  ['foobar', '85944171f73967e8'],
])('FNV-1a 64 of %j is the published value', (text, hash) => {
  expect(hashText(text)).toBe(hash)
})

test('agrees with the definition in big integers', () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * 131 + (i >> 3)) & 255)
  let hash = 0xcbf29ce484222325n
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  expect(fnv1a64(bytes)).toBe(hash.toString(16).padStart(16, '0'))
})
