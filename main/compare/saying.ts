/** What something says as one number of 52 bits: two FNV-1a hashes beside each other, so that two of a million hardly ever meet. */
const PRIME = 0x01000193
const parts = new Float64Array(1)
const words = new Uint32Array(parts.buffer)

export class Saying {
  #a = 0
  #b = 0

  begin(...numbers: readonly number[]): this {
    this.#a = 0x811c9dc5
    this.#b = 0x9747b28c
    for (const number of numbers) this.number(number)
    return this
  }

  number(value: number): this {
    parts[0] = value
    this.#word(words[0] as number)
    this.#word(words[1] as number)
    return this
  }

  bytes(bytes: Uint8Array): this {
    let a = this.#a
    let b = this.#b
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number
      a = Math.imul(a ^ byte, PRIME)
      b = Math.imul(b ^ (byte + 0x55), 0x85ebca6b)
      b ^= b >>> 13
    }
    this.#a = a
    this.#b = b
    return this
  }

  end(): number {
    return (this.#a >>> 0) * 2 ** 20 + ((this.#b >>> 0) & 0xfffff)
  }

  #word(word: number): void {
    this.#a = Math.imul(this.#a ^ word, PRIME)
    this.#a ^= this.#a >>> 15
    this.#b = Math.imul(this.#b ^ word, 0x85ebca6b)
    this.#b ^= this.#b >>> 13
  }
}
