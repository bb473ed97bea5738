/** The feed's batches: what changes hands, and what comes back. */
import { expect, test } from 'vitest'
import { Feeder } from '../../../main/proxy/feeder.ts'
import type { Unnumbered } from '../../../protocols/core/event.ts'
import { nodeId } from '../../../protocols/core/ids.ts'

const event = (letter: string, size: number): Unnumbered => ({
  kind: 'output',
  atUs: 0,
  node: nodeId('n1'),
  stream: 'out',
  line: letter.repeat(size),
})

test('a large batch goes in its buffer, is written to again when it comes back, and a small one in a copy of its size', async () => {
  const batches: Uint8Array<ArrayBuffer>[] = []
  const feeder = new Feeder({ post: (batch) => batches.push(batch), onPressure: () => {} })
  const handed = (letter: string, size: number): Uint8Array<ArrayBuffer> => {
    feeder.event(event(letter, size))
    void feeder.flush()
    const batch = batches.pop() as Uint8Array<ArrayBuffer>
    expect(Buffer.from(batch).toString()).toContain(JSON.stringify(event(letter, size)))
    return batch
  }
  const small = handed('a', 1000)
  expect(small.buffer.byteLength).toBe(small.length)
  const large = handed('b', 200_000)
  expect(large.buffer.byteLength).toBeGreaterThan(large.length)

  const next = handed('c', 200_000)
  expect(next.buffer === large.buffer).toBe(false)
  feeder.acked({ ackedBytes: small.length + large.length + next.length, spent: [large.buffer] })
  expect(feeder.unackedBytes).toBe(0)
  // The one that was being filled, then the one that came back.
  expect(handed('d', 200_000).buffer === large.buffer).toBe(false)
  const again = handed('e', 150_000)
  expect(again.buffer === large.buffer).toBe(true)
  feeder.close()
})
