/** The library's Ed25519, for a host without its own: a browser. It takes some 70 ms to load, and ten times as long to sign as Node's. */
import { ed25519 } from '@noble/curves/ed25519.js'
import type { SignaturePrimitives } from './signature.ts'

export const purePrimitives: SignaturePrimitives = {
  publicKey: (secret) => ed25519.getPublicKey(secret),
  sign: (message, secret) => ed25519.sign(message, secret),
  verify: (signature, message, publicKey) => ed25519.verify(signature, message, publicKey, { zip215: false }),
}
