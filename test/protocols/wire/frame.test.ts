/** Frames: what goes in comes out, however the bytes are cut; rubbish is called rubbish. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { messageId } from '../../../protocols/core/ids.ts'
import { ByteWriter, readText } from '../../../protocols/wire/bytes.ts'
import {
  bodyStart,
  FRAME_BYTES_MAX,
  FRAME_HEADER_BYTES,
  FrameError,
  type FrameHeader,
  FrameKind,
  FrameSplitter,
  frameMessageId,
  readHeader,
  writeFrame,
} from '../../../protocols/wire/frame.ts'

const u32 = fc.nat({ max: 0xffffffff })
const u8 = fc.nat({ max: 255 })
const header: fc.Arbitrary<FrameHeader> = fc.record({
  kind: fc.constantFrom(FrameKind.hello, FrameKind.message),
  from: u8,
  to: u8,
  type: u8,
  number: u32,
  step: u32,
  lamport: u32,
  sentAtUs: fc.double({ min: 0, max: 1e15, noNaN: true }),
  life: fc.nat({ max: 8191 }),
  clock: fc.array(u32, { maxLength: 16 }),
})
const frame = fc.record({ header, body: fc.json() })

const encode = (frames: readonly { header: FrameHeader; body: string }[]): Uint8Array => {
  const out = new ByteWriter(16)
  for (const { header, body } of frames) writeFrame(out, header, body)
  return out.take()
}

function decode(chunks: Iterable<Uint8Array>, splitter = new FrameSplitter()): { header: FrameHeader; body: string }[] {
  const found: { header: FrameHeader; body: string }[] = []
  for (const chunk of chunks)
    splitter.push(chunk, (bytes, view, start, end) => {
      found.push({ header: readHeader(view, start), body: readText(bytes.subarray(bodyStart(view, start), end)) })
    })
  return found
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  let at = 0
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] as number
    // a chunk of a larger buffer, as sockets give them: its own offset is not 0
    const home = new Uint8Array(size + 7)
    const length = Math.min(size, bytes.length - at)
    home.set(bytes.subarray(at, at + length), 5)
    chunks.push(home.subarray(5, 5 + length))
    at += length
  }
  return chunks
}

test('frames come back as they were written, wherever the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }),
      (frames, sizes) => {
        const splitter = new FrameSplitter()
        expect(decode(cut(encode(frames), sizes), splitter)).toEqual(frames)
        expect(splitter.pendingBytes).toBe(0)
      },
    ),
  )
})

test('every single cut of two frames is the same two frames', () => {
  const frames = fc.sample(frame, { numRuns: 2, seed: 7 })
  const bytes = encode(frames)
  for (let at = 0; at <= bytes.length; at++) expect(decode([bytes.slice(0, at), bytes.slice(at)])).toEqual(frames)
  expect(decode(cut(bytes, [1]))).toEqual(frames)
})

test('a frame that came in parts keeps its bytes when the next ones come', () => {
  const bytes = encode(fc.sample(frame, { numRuns: 3, seed: 8 }))
  const pieces: Uint8Array[] = []
  const splitter = new FrameSplitter()
  for (const chunk of cut(bytes, [11])) splitter.push(chunk, (frame, _, start, end) => pieces.push(frame.subarray(start, end)))
  expect(Buffer.concat(pieces)).toEqual(Buffer.from(bytes))
})

test('the identity of a message stands in its header', () => {
  const bytes = encode([
    { header: { ...(fc.sample(header, { numRuns: 1, seed: 1 })[0] as FrameHeader), from: 3, life: 12, number: 4_000_000_000 }, body: '{}' },
  ])
  expect(frameMessageId(new DataView(bytes.buffer), 0)).toBe(messageId(3, 12, 4_000_000_000))
})

test('a large frame over many reads costs work in proportion to its size', () => {
  const text = 'x'.repeat(15 * 1024 * 1024)
  const head = fc.sample(header, { numRuns: 1, seed: 2 })[0] as FrameHeader
  const bytes = encode([{ header: head, body: JSON.stringify(text) }])
  let copied = 0
  const set = Uint8Array.prototype.set
  Uint8Array.prototype.set = function (source, offset) {
    copied += source.length
    return set.call(this, source, offset)
  }
  let frames = 0
  try {
    const splitter = new FrameSplitter()
    for (let at = 0; at < bytes.length; at += 1460)
      splitter.push(bytes.subarray(at, at + 1460), (_, __, start, end) => {
        frames += 1
        expect(end - start).toBe(bytes.length)
      })
  } finally {
    Uint8Array.prototype.set = set
  }
  expect(frames).toBe(1)
  expect(copied).toBeLessThan(3 * bytes.length)
})

test('a claimed length reserves nothing', () => {
  const bytes = new Uint8Array(12)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, FRAME_BYTES_MAX, true)
  view.setUint16(4, 0x5359, true)
  view.setUint8(6, 1)
  view.setUint8(7, 1)
  const splitters = Array.from({ length: 2000 }, () => new FrameSplitter())
  const before = process.memoryUsage().arrayBuffers
  for (const splitter of splitters) splitter.push(bytes, () => {})
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
  expect(splitters[0]?.pendingBytes).toBe(12)
})

const good = encode([
  { header: { kind: 1, from: 0, to: 1, type: 0, number: 1, step: 1, lamport: 1, sentAtUs: 0, life: 1, clock: [1, 2] }, body: '{}' },
])
const spoilt = (change: (view: DataView) => void): Uint8Array => {
  const bytes = good.slice()
  change(new DataView(bytes.buffer))
  return bytes
}
test.each([
  ['a length below a header', spoilt((view) => view.setUint32(0, FRAME_HEADER_BYTES - 5, true)), /cannot be 31 bytes/],
  ['a length beyond the limit', spoilt((view) => view.setUint32(0, FRAME_BYTES_MAX + 1, true)), /cannot be/],
  ['a wrong magic', spoilt((view) => view.setUint16(4, 0x1234, true)), /magic 0x1234/],
  ['a later version', spoilt((view) => view.setUint8(6, 2)), /version 2/],
  ['an unknown kind', spoilt((view) => view.setUint8(7, 9)), /kind 9/],
  ['a clock longer than the frame', spoilt((view) => view.setUint8(11, 200)), /vector clock/],
])('%s is refused, in one read and byte by byte', (_, bytes, why) => {
  expect(() => decode([bytes])).toThrow(why)
  expect(() => decode(cut(bytes, [1]))).toThrow(FrameError)
  expect(decode([good])).toHaveLength(1)
})

test('any bytes give frames or a FrameError, never anything else', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400 }),
      fc.nat({ max: 400 }),
      fc.uint8Array({ minLength: 1, maxLength: 20 }),
      (noise, at, over) => {
        const bytes = Buffer.concat([good, good, good])
        bytes.set(over, Math.min(at, bytes.length - over.length))
        for (const stream of [noise, bytes]) {
          try {
            const splitter = new FrameSplitter()
            for (const chunk of cut(stream, [13, 64])) splitter.push(chunk, (_, view, start) => readHeader(view, start))
          } catch (error) {
            expect(error).toBeInstanceOf(FrameError)
          }
        }
      },
    ),
  )
})

test('a frame that would be too large is not written', () => {
  const out = new ByteWriter()
  out.u8(7)
  const head = fc.sample(header, { numRuns: 1, seed: 3 })[0] as FrameHeader
  expect(() => writeFrame(out, head, 'x'.repeat(FRAME_BYTES_MAX))).toThrow(FrameError)
  expect(out.length).toBe(1)
})
