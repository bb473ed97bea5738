/** What a selected message or event stands for when it is to be broken: the link of the message, the node of the event. */
import type { RunEvent, SendEvent } from '../../../protocols/core/event.ts'
import type { MessageId } from '../../../protocols/core/ids.ts'
import type { Breakable } from '../../stores/breaking.ts'
import type { Selected } from '../../stores/selection.ts'

interface Known {
  peek(seq: number): RunEvent | undefined
  sendOf(message: MessageId): SendEvent | undefined
}

export function linkOfMessage(selected: Selected | undefined, events: Known): Breakable | undefined {
  if (selected?.kind === 'message') return linkOf(events.sendOf(selected.message))
  if (selected?.kind !== 'event') return undefined
  const event = events.peek(selected.seq)
  if (!event) return undefined
  if ('message' in event) return linkOf(events.sendOf(event.message))
  return 'node' in event ? { kind: 'node', node: event.node } : undefined
}

function linkOf(send: SendEvent | undefined): Breakable | undefined {
  return send && { kind: 'link', from: send.from, to: send.to }
}
