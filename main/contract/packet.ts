/**
 * Messages of the contract on a WebSocket: JSON text, or, where byte arrays are in one, binary: u32 length of the JSON, the
 * JSON padded to 8 bytes, then the arrays, each at a multiple of 8. In the JSON `{ "$bytes": [place, length] }` stands for one.
 */
const encoder = new TextEncoder()
const decoder = new TextDecoder()
const HEADER_BYTES = 4

export function pack(message: unknown): string | Uint8Array<ArrayBuffer> {
  const arrays: Uint8Array[] = []
  let size = 0
  const text = JSON.stringify(message, (_key, value: unknown) => {
    if (!(value instanceof Uint8Array)) return value
    const place = size
    arrays.push(value)
    size = aligned(place + value.length)
    return { $bytes: [place, value.length] }
  })
  if (arrays.length === 0) return text
  const json = encoder.encode(text)
  const body = aligned(HEADER_BYTES + json.length)
  const bytes = new Uint8Array(body + size)
  new DataView(bytes.buffer).setUint32(0, json.length, true)
  bytes.set(json, HEADER_BYTES)
  let at = body
  for (const array of arrays) {
    bytes.set(array, at)
    at = aligned(at + array.length)
  }
  return bytes
}

/** Throws what JSON.parse throws when it is no message. Byte arrays are views into `data`. */
export function unpack(data: string | ArrayBuffer): unknown {
  if (typeof data === 'string') return JSON.parse(data)
  const length = new DataView(data).getUint32(0, true)
  const body = aligned(HEADER_BYTES + length)
  return JSON.parse(decoder.decode(new Uint8Array(data, HEADER_BYTES, length)), (_key, value: unknown) => {
    const place = placeIn(value)
    return place ? new Uint8Array(data, body + place[0], place[1]) : value
  })
}

function placeIn(value: unknown): readonly [number, number] | undefined {
  if (typeof value !== 'object' || value === null || !('$bytes' in value) || !Array.isArray(value.$bytes)) return undefined
  return value.$bytes as unknown as readonly [number, number]
}

const aligned = (length: number): number => Math.ceil(length / 8) * 8
