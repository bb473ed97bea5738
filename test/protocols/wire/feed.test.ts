/** The feed's layout, written out by hand: recorder and proxy are built against it apart from each other. */
import { expect, test } from 'vitest'
import { ByteWriter } from '../../../protocols/wire/bytes.ts'
import { feedClosed, feedDeliver, feedDrop, feedEvent, feedHold, feedPass, feedSend, feedTap } from '../../../protocols/wire/feed.ts'

const half = [0, 0, 0, 0, 0, 0, 0xe0, 0x3f] // 0.5 as f64
const two = [0, 0, 0, 0, 0, 0, 0, 0x40] // 2 as f64
const text = (words: string) => [...new TextEncoder().encode(words)]

test.each<[string, (out: ByteWriter) => void, number[]]>([
  ['tap', (out) => feedTap(out, 3, 258, Uint8Array.of(9, 8)), [1, 3, 2, 1, 2, 0, 0, 0, 9, 8]],
  ['pass', (out) => feedPass(out, 0.5, 2, Uint8Array.of(7)), [2, ...half, ...two, 1, 0, 0, 0, 7]],
  ['send', (out) => feedSend(out, 0.5, Uint8Array.of(7, 6)), [3, ...half, 2, 0, 0, 0, 7, 6]],
  ['deliver', (out) => feedDeliver(out, 0.5, 2, 4), [4, ...half, ...two, 4]],
  ['drop', (out) => feedDrop(out, 0.5, 2, 1, '"é"'), [5, ...half, ...two, 1, 4, 0, ...text('"é"')]],
  ['hold', (out) => feedHold(out, 0.5, 2, 'f1'), [6, ...half, ...two, 2, 0, ...text('f1')]],
  ['event', (out) => feedEvent(out, '{"a":1}'), [7, 7, 0, 0, 0, ...text('{"a":1}')]],
  ['closed', (out) => feedClosed(out, 2, 3), [8, 2, 3, 0]],
])('%s stands as the layout says, from a buffer of any size', (_, write, bytes) => {
  for (const capacity of [1, 1000]) {
    const out = new ByteWriter(capacity)
    write(out)
    expect([...out.take()]).toEqual(bytes)
  }
})
