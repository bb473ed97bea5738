/** A message that carries byte arrays comes out as it went in, each aligned so that it can be read as wider numbers. */
import { expect, test } from 'vitest'
import { pack, unpack } from '../../../main/contract/packet.ts'

const through = (message: unknown): unknown => {
  const packed = pack(message)
  return unpack(typeof packed === 'string' ? packed : packed.buffer)
}

test('without bytes it is JSON text', () => {
  const message = { id: 3, ok: true, response: { text: 'ø', list: [1, null] } }
  expect(pack(message)).toBe(JSON.stringify(message))
  expect(through(message)).toEqual(message)
})

test('byte arrays of any length come through, empty ones too', () => {
  for (const lengths of [[0], [1], [8, 3, 0, 17], [4096]]) {
    const arrays = lengths.map((length, i) => Uint8Array.from({ length }, (_, at) => (at * 7 + i) % 256))
    const message = { id: 1, response: { ключ: 'µs', arrays, last: lengths.length } }
    const arrived = through(message) as typeof message
    expect(arrived).toEqual(message)
    for (const array of arrived.response.arrays) expect(array.byteOffset % 8).toBe(0)
  }
})

test('what is cut short is no message', () => {
  const packed = pack({ bytes: new Uint8Array(20) }) as Uint8Array
  expect(() => unpack(packed.slice(0, 10).buffer)).toThrow()
})
