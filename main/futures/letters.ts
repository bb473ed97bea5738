/** What a step says, as letters with their stamps: the same whether it is followed or taken again. */
import type { StepEvent } from '../../protocols/core/event.ts'
import { messageId } from '../../protocols/core/ids.ts'
import type { AnyMessage } from '../../protocols/core/machine.ts'
import type { Letter } from '../../protocols/sim/sink.ts'
import type { AnyEffect } from '../replay/execution.ts'

export interface Sender {
  readonly endpoint: number
  readonly endpoints: readonly string[]
  readonly messageTypes: readonly string[]
  /** When, in run time. */
  readonly atUs: number
}

export function lettersOf(event: StepEvent, effects: readonly AnyEffect[], { endpoint, endpoints, messageTypes, atUs }: Sender): Letter[] {
  const { life, step, lamport } = event
  const clock = Uint32Array.from(event.clock)
  const letters: Letter[] = []
  let number = event.sends.first - 1
  for (const effect of effects) {
    if (effect.kind !== 'send' && effect.kind !== 'reply') continue
    number += 1
    const [to, body] =
      effect.kind === 'send'
        ? [endpoints.indexOf(effect.to), effect.message]
        : [endpoints.length - 1, { kind: 'ClientReply', id: effect.id, outcome: effect.outcome }]
    const message = messageId(endpoint, life, number)
    const type = messageTypes.indexOf(body.kind)
    letters.push({ message, from: endpoint, to, type, number, life, step, lamport, clock, sentAtUs: atUs, body: body as AnyMessage })
  }
  return letters
}
