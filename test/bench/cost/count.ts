/** What goes over the wires of a simulated cluster: messages, bytes and signatures. */

import { messageTypesOf } from '../../../protocols/core/event.ts'
import type { Json } from '../../../protocols/core/json.ts'
import type { AnyProtocol } from '../../../protocols/core/machine.ts'
import type { AnyMessage } from '../../../protocols/core/observation.ts'
import { type Letter, Listener, type StepSeen } from '../../../protocols/sim/sink.ts'

export class Count extends Listener {
  messages = 0
  /** Of those that go round whether or not anything happens: heartbeats, gossip. They are counted here alone. */
  routine = 0
  bytes = 0
  /** Signatures in what nodes were given: each is checked there, unless it was seen before. */
  received = 0
  /** Different ones that were sent. */
  readonly signatures = new Set<string>()
  readonly #isRoutine: readonly (((body: AnyMessage) => boolean) | undefined)[]

  constructor(protocol: AnyProtocol) {
    super()
    const faint = new Map(protocol.messages.map(({ kind, faint }) => [kind, faint]))
    this.#isRoutine = messageTypesOf(protocol).map((type) => faint.get(type))
  }

  override sent({ type, body }: Letter): void {
    if (this.#isRoutine[type]?.(body as AnyMessage)) {
      this.routine += 1
      return
    }
    this.messages += 1
    this.bytes += JSON.stringify(body).length
    for (const signature of signaturesIn(body as unknown as Json)) this.signatures.add(signature)
  }

  override stepped({ input }: StepSeen): void {
    if (input.kind === 'message') this.received += signaturesIn(input.message as unknown as Json).length
    if (input.kind === 'request') this.received += signaturesIn(input.request as unknown as Json).length
  }
}

function signaturesIn(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => (name === 'signature' ? [String(inner)] : signaturesIn(inner as Json)))
}
