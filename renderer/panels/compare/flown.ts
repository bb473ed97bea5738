/** The messages of a stretch of events, each from when it was sent to when it arrived or was lost. */
import type { RunEvent } from '../../../protocols/core/event.ts'
import type { EndpointId, MessageId } from '../../../protocols/core/ids.ts'

export interface Flown {
  readonly key: string
  readonly from: EndpointId
  readonly to: EndpointId
  readonly type: string
  readonly sentUs: number
  readonly atUs: number
  readonly isLost: boolean
}

/** Those that touch the window. What is still on its way when the events end is left out. */
export function flownOf(events: readonly RunEvent[], fromUs: number, toUs: number): Flown[] {
  const sent = new Map<MessageId, Extract<RunEvent, { kind: 'send' }>>()
  return events.flatMap((event): Flown[] => {
    if (event.kind === 'send') sent.set(event.message, event)
    if (event.kind !== 'deliver' && event.kind !== 'drop') return []
    const send = sent.get(event.message)
    if (!send || send.atUs > toUs || event.atUs < fromUs) return []
    const { from, to, type, atUs: sentUs } = send
    return [{ key: `${event.message} ${event.copy}`, from, to, type, sentUs, atUs: event.atUs, isLost: event.kind === 'drop' }]
  })
}
