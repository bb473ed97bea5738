/** Tap records: what goes in comes out, and the splitter gives whole records however the bytes are cut. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteWriter, readText } from '../../../protocols/wire/bytes.ts'
import {
  readStepRecord,
  readTextRecord,
  type StepRecord,
  stepOf,
  TAP_RECORD_BYTES_MAX,
  TapError,
  TapKind,
  TapSplitter,
  type TextRecord,
  writeStepRecord,
  writeTextRecord,
} from '../../../protocols/wire/tap.ts'

const u32 = fc.nat({ max: 0xffffffff })
const u16 = fc.nat({ max: 0xffff })
const time = fc.double({ min: 0, max: 1e15, noNaN: true })
const clock = fc.array(u32, { maxLength: 16 })
const step: fc.Arbitrary<StepRecord> = fc.record({
  step: u32,
  atUs: time,
  nowMs: time,
  lamport: u32,
  clock,
  input: fc.nat({ max: 3 }),
  subject: fc.maxSafeNat(),
  sendFirst: u32,
  sendCount: u16,
  persisted: u16,
  timers: fc.array(
    fc.record({ timer: fc.nat({ max: 255 }), ms: fc.oneof(fc.float({ min: 0, max: 1e6, noNaN: true }), fc.constant(Number.NaN)) }),
    {
      maxLength: 5,
    },
  ),
  extras: fc.oneof(fc.constant(''), fc.json()),
})
const text: fc.Arbitrary<TextRecord> = fc.record({
  kind: fc.constantFrom(TapKind.checkpoint, TapKind.invoke, TapKind.return, TapKind.reject),
  step: u32,
  atUs: time,
  lamport: u32,
  clock,
  text: fc.json(),
})

type AnyRecord = { step: StepRecord } | { text: TextRecord }
const record: fc.Arbitrary<AnyRecord> = fc.oneof(
  step.map((step) => ({ step })),
  text.map((text) => ({ text })),
)

function encode(records: readonly AnyRecord[]): Uint8Array {
  const out = new ByteWriter(16)
  for (const record of records) {
    if ('step' in record) writeStepRecord(out, record.step)
    else writeTextRecord(out, record.text)
  }
  return out.take()
}

function decode(bytes: Uint8Array): AnyRecord[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found: AnyRecord[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + view.getUint32(at, true)
    const one: AnyRecord =
      view.getUint8(at + 4) === TapKind.step
        ? { step: readStepRecord(bytes, view, at, end, readText) }
        : { text: readTextRecord(bytes, view, at, end, readText) }
    expect(stepOf(view, at)).toBe('step' in one ? one.step.step : one.text.step)
    found.push(one)
    at = end
  }
  return found
}

test('records come back as they were written, whole, wherever the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(record, { maxLength: 10 }),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 6 }),
      (records, sizes) => {
        const bytes = encode(records)
        const splitter = new TapSplitter()
        const found: AnyRecord[] = []
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length] as number
          splitter.push(bytes.subarray(at, at + size), (whole) => found.push(...decode(whole)))
          at += size
        }
        expect(found).toEqual(records)
      },
    ),
  )
})

test('a run of records is handed on at once', () => {
  const bytes = encode(fc.sample(record, { numRuns: 50, seed: 5 }))
  const runs: number[] = []
  new TapSplitter().push(bytes, (records) => runs.push(records.length))
  expect(runs).toEqual([bytes.length])
})

test.each([
  ['a length of nothing', Uint8Array.of(0, 0, 0, 0, 1)],
  ['a length beyond the limit', Uint8Array.of(...new Uint8Array(Uint32Array.of(TAP_RECORD_BYTES_MAX + 1).buffer), 1)],
  ['an unknown kind', Uint8Array.of(20, 0, 0, 0, 77)],
])('%s is refused, also after good records and in parts', (_, bad) => {
  const bytes = Buffer.concat([encode(fc.sample(record, { numRuns: 3, seed: 6 })), bad])
  expect(() => new TapSplitter().push(bytes, () => {})).toThrow(TapError)
  const splitter = new TapSplitter()
  expect(() => {
    for (const byte of bytes) splitter.push(Uint8Array.of(byte), () => {})
  }).toThrow(TapError)
})
