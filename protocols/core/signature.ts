/**
 * Signatures (Ed25519, RFC 8032) and digests (SHA-256), from audited libraries, never our own. A key is made from the name
 * of who signs, so that nothing depends on the run: they keep liars honest, not strangers out. Whoever knows a name could
 * make its key; in the lab nobody does but its owner.
 *
 * Signing is deterministic: the same name and text always give the same signature, whatever computes it. So each host says what does:
 * its own Ed25519, or, where it has none, the library's (pureSignatures.ts), which takes its time to load. What was signed or verified in this process is remembered for a while, so
 * that a simulation, where all sign in one process, verifies next to nothing.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { invariant } from './invariant.ts'
import { canonical, type Json } from './json.ts'

/** What computes signatures. `secret` and public key have 32 bytes, a signature 64. */
export interface SignaturePrimitives {
  publicKey(secret: Uint8Array): Uint8Array
  sign(message: Uint8Array, secret: Uint8Array): Uint8Array
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean
  /** SHA-256 of a text's UTF-8, 64 hexadecimal digits: the library's, quicker. */
  digest?(text: string): string
  /** A host that is no node but looks on may check a signature by making it again, which takes a third of the time. */
  readonly looksOn?: boolean
}

let installed: SignaturePrimitives | undefined

/** What computes signatures here. All give the same bytes. */
export function installSignatures(primitives: SignaturePrimitives): void {
  installed = primitives
}

function primitives(): SignaturePrimitives {
  invariant(installed, 'a host that runs protocols says what computes its signatures')
  return installed
}

interface KeyPair {
  readonly secret: Uint8Array
  readonly publicKey: Uint8Array
}

const encoder = new TextEncoder()
const keys = new Map<string, KeyPair>()

/** Names are those of a run's nodes and clients: a few dozen, some hundred at most. */
function keysOf(name: string): KeyPair {
  const known = keys.get(name)
  if (known) return known
  const secret = sha256(encoder.encode(`Synod signs as ${name}`))
  const pair = { secret, publicKey: primitives().publicKey(secret) }
  keys.set(name, pair)
  return pair
}

/** Signatures that are known to be good: what was said by whom, and the signature. Two generations, so that forgetting costs nothing. */
const GENERATION = 16_384
let young = new Map<string, string>()
let old = new Map<string, string>()

function remember(said: string, signature: string): void {
  if (young.size >= GENERATION) {
    old = young
    young = new Map()
  }
  young.set(said, signature)
}

/** What `by` signs `text` with: 128 hexadecimal digits. */
export function sign(by: string, text: string): string {
  const said = `${by}\n${text}`
  const before = young.get(said) ?? old.get(said)
  if (before !== undefined) return before
  const signature = bytesToHex(primitives().sign(encoder.encode(text), keysOf(by).secret))
  remember(said, signature)
  return signature
}

/** Whether `signature` is what `by` signs `text` with. Anything that is no signature is none of it. */
export function verify(by: string, text: string, signature: string): boolean {
  const said = `${by}\n${text}`
  const known = young.get(said) ?? old.get(said)
  // Signing is deterministic and no name signs otherwise, so that another signature of the same text is a false one.
  if (known !== undefined) return known === signature
  if (!/^[0-9a-f]{128}$/.test(signature)) return false
  if (primitives().looksOn) return sign(by, text) === signature
  if (!primitives().verify(hexToBytes(signature), encoder.encode(text), keysOf(by).publicKey)) return false
  remember(said, signature)
  return true
}

/** What a client signs of a request: itself, the number of the asking, and what it wants. */
export const requestText = (client: string, timestamp: number, op: Json): string => `Request ${client} ${timestamp} ${canonical(op)}`

/** SHA-256 of a text, 64 hexadecimal digits: collision-free as far as anybody knows. */
export const digestText = (text: string): string => installed?.digest?.(text) ?? bytesToHex(sha256(encoder.encode(text)))

/** The digest of a value: equal values have equal digests, whatever the order of their keys. */
export const digestOf = (value: Json): string => digestText(canonical(value))
