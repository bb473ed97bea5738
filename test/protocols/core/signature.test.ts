/** Signatures: the library and Node's own crypto give the same bytes, and nothing but the right signature passes. */
import { sha256 } from '@noble/hashes/sha2.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodePrimitives } from '../../../main/signing/index.ts'
import { purePrimitives } from '../../../protocols/core/pureSignatures.ts'
import { digestOf, digestText, installSignatures, sign, verify } from '../../../protocols/core/signature.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))

/** RFC 8032 §7.1, TEST 2. */
const vector = {
  secret: bytes('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'),
  publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  message: bytes('72'),
  signature:
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
}

for (const [name, primitives] of Object.entries({ 'the library': purePrimitives, Node: nodePrimitives })) {
  test(`${name} signs as RFC 8032 says`, () => {
    const { secret, publicKey, message, signature } = vector
    expect(hex(primitives.publicKey(secret))).toBe(publicKey)
    expect(hex(primitives.sign(message, secret))).toBe(signature)
    expect(primitives.verify(bytes(signature), message, bytes(publicKey))).toBe(true)
    expect(primitives.verify(bytes(signature), bytes('73'), bytes(publicKey))).toBe(false)
  })
}

test('both give the same bytes for texts of any length', () => {
  for (let length = 0; length < 300; length += 37) {
    const message = new TextEncoder().encode('ä'.repeat(length))
    const secret = bytes(digestText(`secret ${length}`))
    expect(hex(nodePrimitives.publicKey(secret))).toBe(hex(purePrimitives.publicKey(secret)))
    const signature = purePrimitives.sign(message, secret)
    expect(hex(nodePrimitives.sign(message, secret))).toBe(hex(signature))
    expect(nodePrimitives.verify(signature, message, purePrimitives.publicKey(secret))).toBe(true)
  }
})

describe.each([
  { name: 'the library', primitives: purePrimitives },
  { name: 'Node', primitives: nodePrimitives },
  { name: 'whoever looks on', primitives: { ...nodePrimitives, looksOn: true } },
])('with $name', ({ name, primitives }) => {
  beforeAll(() => installSignatures(primitives))
  afterAll(() => installSignatures(nodePrimitives))

  test('only the signer’s own signature of the very text passes, whether it is remembered or not', () => {
    const signature = sign(`n1 of ${name}`, 'Prepare 0 1 abc')
    expect(signature).toMatch(/^[0-9a-f]{128}$/)
    expect(verify(`n1 of ${name}`, 'Prepare 0 1 abc', signature)).toBe(true)
    expect(verify(`n2 of ${name}`, 'Prepare 0 1 abc', signature)).toBe(false)
    expect(verify(`n1 of ${name}`, 'Prepare 0 2 abc', signature)).toBe(false)
    const wrong = (signature[0] === '0' ? '1' : '0') + signature.slice(1)
    expect(verify(`n1 of ${name}`, 'Prepare 0 1 abc', wrong)).toBe(false)
    expect(verify('n3', `never signed with ${name}`, signature)).toBe(false)
    expect(verify('n3', `never signed with ${name}`, 'nonsense')).toBe(false)
  })
})

test('digests are SHA-256, whoever computes them', () => {
  for (const primitives of [purePrimitives, nodePrimitives]) {
    installSignatures(primitives)
    expect(digestText('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad') // FIPS 180-4
    expect(digestText('ä€😀')).toBe(Buffer.from(sha256(new TextEncoder().encode('ä€😀'))).toString('hex'))
  }
})

test('equal values have equal digests', () => {
  expect(digestOf({ a: 1, b: [2, { d: 3, c: 4 }] })).toBe(digestOf({ b: [2, { c: 4, d: 3 }], a: 1 }))
  expect(digestOf({ a: 1 })).not.toBe(digestOf({ a: '1' }))
  expect(digestText('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
