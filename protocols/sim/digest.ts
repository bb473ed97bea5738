/** A log that keeps nothing but a fingerprint of all its bytes, by which two executions are told apart. FNV-1a over 32 bits, twice with different beginnings. */
import type { Log } from '../wire/log.ts'

export class Digest implements Log {
  #a = 0x811c9dc5 | 0
  #b = 0x2f0b4c47 | 0
  readonly #numbers = new DataView(new ArrayBuffer(24))
  readonly #numberBytes = new Uint8Array(this.#numbers.buffer)

  /** 16 hexadecimal digits. */
  get hex(): string {
    return [this.#a, this.#b].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }

  tap(endpoint: number, life: number, bytes: Uint8Array, _view: DataView, at: number, end: number): void {
    this.#mix(1, endpoint, life)
    this.#eat(bytes, at, end)
  }

  frame(bytes: Uint8Array, _view: DataView, at: number, end: number, readUs: number): void {
    this.#mix(2, readUs, 0)
    this.#eat(bytes, at, end)
  }

  deliver(atUs: number, message: number, copy: number): void {
    this.#mix(3 + 16 * copy, atUs, message)
  }

  drop(atUs: number, message: number, copy: number, why: Uint8Array): void {
    this.#mix(4 + 16 * copy, atUs, message)
    this.#eat(why, 0, why.length)
  }

  hold(atUs: number, message: number, fault: Uint8Array): void {
    this.#mix(5, atUs, message)
    this.#eat(fault, 0, fault.length)
  }

  event(json: Uint8Array): void {
    this.#mix(6, 0, 0)
    this.#eat(json, 0, json.length)
  }

  outOfOrder(): void {}

  #mix(x: number, y: number, z: number): void {
    this.#numbers.setFloat64(0, x, true)
    this.#numbers.setFloat64(8, y, true)
    this.#numbers.setFloat64(16, z, true)
    this.#eat(this.#numberBytes, 0, 24)
  }

  #eat(bytes: Uint8Array, from: number, to: number): void {
    let a = this.#a
    let b = this.#b
    for (let i = from; i < to; i++) {
      a = Math.imul(a ^ (bytes[i] as number), 0x01000193)
      b = Math.imul(b ^ (bytes[i] as number), 0x01000193) ^ (b >>> 15)
    }
    this.#a = a
    this.#b = b
  }
}
