/**
 * FNV-1a, 64 bits: the fingerprint by which a replayed state is compared with the recorded one. It finds differences, it
 * proves nothing against somebody who wants to deceive. http://www.isthe.com/chongo/tech/comp/fnv
 */
const encoder = new TextEncoder()

/** The hash of `bytes` as 16 hexadecimal digits. In two 32-bit halves: a BigInt for every byte would cost fifty times as much. */
export function fnv1a64(bytes: Uint8Array): string {
  let high = 0xcbf29ce4 | 0
  let low = 0x84222325 | 0
  for (let i = 0; i < bytes.length; i++) {
    low ^= bytes[i] as number
    // times the prime 2^40 + 0x1b3, modulo 2^64, in pieces that stay small integers
    const part0 = (low & 0xffff) * 0x1b3
    const part1 = (low >>> 16) * 0x1b3 + (part0 >>> 16)
    high = (Math.imul(high, 0x1b3) + (part1 >>> 16) + (low << 8)) | 0
    low = (part1 << 16) | (part0 & 0xffff)
  }
  return hex(high >>> 0) + hex(low >>> 0)
}

/** The hash of the UTF-8 bytes of `text`. */
export const hashText = (text: string): string => fnv1a64(encoder.encode(text))

const hex = (word: number): string => word.toString(16).padStart(8, '0')
