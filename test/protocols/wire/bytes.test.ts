/** The growing buffer: what is written can be read, and a copy taken is not touched by later writes. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteWriter, readText } from '../../../protocols/wire/bytes.ts'

test('numbers and texts stand where they were written, whatever the first capacity', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 40 }),
      fc.string({ unit: 'grapheme' }),
      fc.double({ noNaN: true }),
      fc.nat({ max: 0xffff }),
      (capacity, text, real, small) => {
        const out = new ByteWriter(capacity)
        out.u8(small & 0xff)
        out.u16(small)
        out.u32(0)
        out.f64(real)
        const bytes = out.text(text)
        out.patchU32(3, bytes)
        const copy = out.take()
        out.text('later')
        const view = new DataView(copy.buffer)
        expect([view.getUint8(0), view.getUint16(1, true), view.getUint32(3, true)]).toEqual([small & 0xff, small, copy.length - 15])
        expect(view.getFloat64(7, true)).toBe(real)
        expect(readText(copy.subarray(15))).toBe(text.toWellFormed())
      },
    ),
  )
})

test('a varint holds any safe integer in seven bits a byte', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      const out = new ByteWriter(1)
      out.varint(value)
      const bytes = out.take()
      let back = 0
      for (const [place, byte] of bytes.entries()) back += (byte & 0x7f) * 2 ** (7 * place)
      expect(back).toBe(value)
      expect(bytes.length).toBe(Math.max(1, Math.ceil(Math.log2(value + 1) / 7)))
    }),
  )
})

test('bytes that are not UTF-8 are refused', () => {
  expect(() => readText(Uint8Array.of(0xff, 0xfe))).toThrow(TypeError)
})
