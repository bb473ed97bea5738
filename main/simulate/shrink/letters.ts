/** What was sent in a trial, so that the next one can do something about a message that it knows of. */
import type { DropEvent } from '../../../protocols/core/event.ts'
import type { EndpointId, FaultId } from '../../../protocols/core/ids.ts'
import type { AnyMessage } from '../../../protocols/core/machine.ts'
import { type Letter, Listener } from '../../../protocols/sim/sink.ts'

export interface Sent {
  readonly from: EndpointId
  readonly to: EndpointId
  readonly type: string
  /** After the steps began. */
  readonly atMs: number
  /** How many of its type took this link before it. */
  readonly before: number
  readonly body: AnyMessage
  /** By which it was lost. */
  readonly lostBy: FaultId | undefined
}

/** More are not worth remembering: what fails so late is cut short by other means first. */
const KEPT = 1000

export class Letters extends Listener {
  readonly #letters: Letter[] = []
  readonly #lost = new Map<Letter['message'], FaultId>()

  override sent(letter: Letter): void {
    if (this.#letters.length < KEPT) this.#letters.push(letter)
  }

  /** In the order in which they left. */
  read(endpoints: readonly EndpointId[], types: readonly string[], sinceOpened: (atUs: number) => number): Sent[] {
    const counts = new Map<string, number>()
    return this.#letters.map(({ message, from, to, type, sentAtUs, body }) => {
      const key = `${from} ${to} ${type}`
      const before = counts.get(key) ?? 0
      counts.set(key, before + 1)
      const [sender, receiver] = [endpoints[from] as EndpointId, endpoints[to] as EndpointId]
      return {
        from: sender,
        to: receiver,
        type: types[type] as string,
        atMs: sinceOpened(sentAtUs),
        before,
        body,
        lostBy: this.#lost.get(message),
      }
    })
  }

  override dropped({ message }: Letter, _copy: number, why: DropEvent['why']): void {
    if (typeof why === 'object') this.#lost.set(message, why.fault)
  }
}
