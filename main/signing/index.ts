/** Node's own Ed25519: the library's bytes, some ten times as fast. Every process that is a node or has clients imports this first; threads that look on, lookingOn.ts. */
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto'
import { installSignatures, type SignaturePrimitives } from '../../protocols/core/signature.ts'

/** What stands before the 32 bytes of a key in its usual wrappings (RFC 8410 §7, §4). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

const kept = new WeakMap<Uint8Array, KeyObject>()

function keyOf(bytes: Uint8Array, make: (bytes: Uint8Array) => KeyObject): KeyObject {
  const known = kept.get(bytes)
  if (known) return known
  const key = make(bytes)
  kept.set(bytes, key)
  return key
}

const privateKey = (secret: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8, secret]), format: 'der', type: 'pkcs8' })
const publicKey = (bytes: Uint8Array): KeyObject => createPublicKey({ key: Buffer.concat([SPKI, bytes]), format: 'der', type: 'spki' })

export const nodePrimitives: SignaturePrimitives = {
  publicKey: (secret) => {
    const der = createPublicKey(keyOf(secret, privateKey)).export({ format: 'der', type: 'spki' })
    return new Uint8Array(der.subarray(SPKI.length))
  },
  sign: (message, secret) => new Uint8Array(sign(null, message, keyOf(secret, privateKey))),
  digest: (text) => hash('sha256', text),
  verify: (signature, message, key) => verify(null, message, keyOf(key, publicKey), signature),
}

installSignatures(nodePrimitives)
