/**
 * FNV-1a, 64 bits: the fingerprint by which a replayed state is compared with the recorded one. It finds differences, it
 * proves nothing against somebody who wants to deceive. http://www.isthe.com/chongo/tech/comp/fnv
 */
const encoder = new TextEncoder()

/** The hash of `bytes` as 16 hexadecimal digits. In two 32-bit halves: a BigInt for every byte would cost fifty times as much. */
export function fnv1a64(bytes: Uint8Array): string {
  let high = 0xcbf29ce4
  let low = 0x84222325
  for (let i = 0; i < bytes.length; i++) {
    low = (low ^ (bytes[i] as number)) >>> 0
    // times the prime 2^40 + 0x1b3, modulo 2^64; the product of the low half stays below 2^41 and so exact
    const product = low * 0x1b3
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 0x1_0000_0000) + (low << 8)) | 0
    low = product >>> 0
  }
  return hex(high >>> 0) + hex(low)
}

/** The hash of the UTF-8 bytes of `text`. */
export const hashText = (text: string): string => fnv1a64(encoder.encode(text))

const hex = (word: number): string => word.toString(16).padStart(8, '0')
