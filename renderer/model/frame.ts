/** A frame taken apart for reading: which bytes say what (layout: protocols/wire/frame.ts), in lines of sixteen. */
import type { EndpointId } from '../../protocols/core/ids.ts'
import { FRAME_HEADER_BYTES } from '../../protocols/wire/frame.ts'

export interface FramePart {
  readonly name: string
  readonly at: number
  readonly bytes: number
  readonly help: string
}

const HEADER: readonly Omit<FramePart, 'at'>[] = [
  { name: 'length', bytes: 4, help: 'Bytes of all that follows this field.' },
  { name: 'magic', bytes: 2, help: '0x5359: a frame of Synod begins here.' },
  { name: 'version', bytes: 1, help: 'Of the frame.' },
  { name: 'kind', bytes: 1, help: '0 hello, 1 message.' },
  { name: 'from', bytes: 1, help: 'Index of the sender.' },
  { name: 'to', bytes: 1, help: 'Index of the receiver.' },
  { name: 'type', bytes: 1, help: "Index into the run's message types." },
  { name: 'clock entries', bytes: 1, help: 'Entries of the vector clock.' },
  { name: 'number', bytes: 4, help: "Number of the message within the sender's life, from 1." },
  { name: 'step', bytes: 4, help: 'The step of the sender that sent it.' },
  { name: 'lamport', bytes: 4, help: 'Lamport time of the send.' },
  { name: 'sent at', bytes: 8, help: 'Real microseconds since the run began, as recorded.' },
  { name: 'life', bytes: 2, help: 'Which of its starts the sender is in.' },
  { name: 'reserved', bytes: 2, help: 'Zero.' },
]

/** Every byte belongs to one part; `names` are the endpoints by their index. */
export function frameParts(size: number, clock: number, names: (index: number) => EndpointId): FramePart[] {
  let at = 0
  const parts = HEADER.map((part): FramePart => {
    const placed = { ...part, at }
    at += part.bytes
    return placed
  })
  for (let i = 0; i < clock; i++) {
    parts.push({ name: `clock of ${names(i)}`, at: FRAME_HEADER_BYTES + 4 * i, bytes: 4, help: 'Its entry in the vector clock.' })
  }
  const body = FRAME_HEADER_BYTES + 4 * clock
  return [...parts, { name: 'body', at: body, bytes: size - body, help: 'UTF-8 JSON, byte by byte as it was recorded.' }]
}

export interface HexLine {
  /** Of its first byte. */
  readonly at: number
  readonly bytes: readonly { readonly hex: string; readonly letter: string; readonly part: FramePart | undefined }[]
}

export const PER_LINE = 8

/** `hex`: two digits a byte. At most `bytesMax` of them. */
export function hexLines(hex: string, parts: readonly FramePart[], bytesMax: number): HexLine[] {
  const size = Math.min(hex.length / 2, bytesMax)
  const lines: HexLine[] = []
  let next = 0
  for (let at = 0; at < size; at += PER_LINE) {
    const bytes: HexLine['bytes'][number][] = []
    for (let i = at; i < Math.min(size, at + PER_LINE); i++) {
      const pair = hex.slice(2 * i, 2 * i + 2)
      const code = Number.parseInt(pair, 16)
      while (next + 1 < parts.length && i >= (parts[next + 1] as FramePart).at) next++
      bytes.push({ hex: pair, letter: code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '·', part: parts[next] })
    }
    lines.push({ at, bytes })
  }
  return lines
}
