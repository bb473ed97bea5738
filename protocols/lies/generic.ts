/** Lies that need to know nothing of what messages mean. */
import type { LieWords } from '../core/lie.ts'
import type { AnyMessage } from '../core/observation.ts'

/** What a lie makes of one message: what is sent in its place, in order. */
export type Told = readonly AnyMessage[]

export interface GenericLie extends LieWords {
  /** `before`: what this node has said lately, the oldest first. */
  tell(message: AnyMessage, before: readonly AnyMessage[], coin: number): Told
}

/** Copies of each message that a flooding node sends. */
const FLOOD = 5

export const genericLies: readonly GenericLie[] = [
  {
    name: 'silent',
    label: 'Says nothing',
    help: 'What it would say is not said: to all, or to those that are named. It goes on listening.',
    tell: () => [],
  },
  {
    name: 'replay',
    label: 'Says old things again',
    help: 'With each message it sends one that it has said before, word for word and signed as it was.',
    tell: (message, before, coin) => (before.length === 0 ? [message] : [message, before[coin % before.length] as AnyMessage]),
  },
  {
    name: 'flood',
    label: 'Floods',
    help: `It says everything ${FLOOD} times.`,
    tell: (message) => new Array<AnyMessage>(FLOOD).fill(message),
  },
  {
    name: 'corrupt',
    label: 'Signs wrongly',
    help: 'A character of each signature is another one: whoever checks signatures refuses what it says. Without signatures it changes nothing.',
    tell: (message) => [withBadSignature(message)],
  },
]

function withBadSignature(message: AnyMessage): AnyMessage {
  const { signature } = message as { readonly signature?: unknown }
  if (typeof signature !== 'string' || signature === '') return message
  const last = signature.at(-1) === '0' ? '1' : '0'
  return { ...message, signature: signature.slice(0, -1) + last } as AnyMessage
}
