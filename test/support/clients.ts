/**
 * Clients of a test cluster: each has a session and one operation outstanding, repeats it elsewhere until it hears, and
 * appends tokens that nobody else writes. What they heard proves the service right or wrong: an append that returned is in
 * every read that began later, exactly once, and two reads never disagree on the order.
 */
import type { NodeId } from '../../protocols/core/ids.ts'
import type { ClientOutcome, ClientRequest } from '../../protocols/core/input.ts'
import type { AnyMessage } from '../../protocols/core/machine.ts'
import { between } from '../../protocols/core/prng.ts'
import type { Cluster } from './cluster.ts'

interface Operation {
  readonly client: number
  readonly begunMs: number
  endedMs: number
  /** The token of an append; undefined for a read. */
  readonly token?: string
  /** What a read saw. */
  seen?: string
}

const PATIENCE_MS = 400
const THINKING_MS = 20

export class Clients {
  readonly done: Operation[] = []
  /** Operations under way, by client. */
  readonly open = new Map<number, Operation>()
  /** Sessions that were refused: the cluster forgot what it had promised to remember. */
  readonly refusals: string[] = []
  stopped = false
  readonly #cluster: Cluster<unknown, AnyMessage>

  constructor(cluster: Cluster<unknown, AnyMessage>, count: number) {
    this.#cluster = cluster
    for (let client = 1; client <= count; client++) this.#register(client)
  }

  #register(client: number): void {
    this.#insist({ kind: 'register' }, (outcome) => {
      if (outcome.kind === 'registered') this.#next(client, outcome.session, 1)
    })
  }

  #next(client: number, session: number, seq: number): void {
    this.#cluster.after(between(this.#cluster.coin(), 0, THINKING_MS), () => this.#begin(client, session, seq))
  }

  #begin(client: number, session: number, seq: number): void {
    if (this.stopped) return
    const begunMs = this.#cluster.nowMs
    if (this.#cluster.coin() % 3 === 0) {
      const read: Operation = { client, begunMs, endedMs: Number.POSITIVE_INFINITY }
      this.open.set(client, read)
      this.#insist({ kind: 'query', op: { op: 'get', key: 'x' } }, (outcome) => {
        read.seen = outcome.kind === 'ok' ? String(outcome.result ?? '') : ''
        this.#end(read, outcome)
        this.#next(client, session, seq)
      })
      return
    }
    const token = `${client}.${seq};`
    const append: Operation = { client, begunMs, endedMs: Number.POSITIVE_INFINITY, token }
    this.open.set(client, append)
    const op = { op: 'append', key: 'x', value: token }
    this.#insist({ kind: 'command', session, seq, firstUnacked: seq, op }, (outcome) => {
      this.#end(append, outcome)
      this.#next(client, session, seq + 1)
    })
  }

  #end(operation: Operation, outcome: ClientOutcome): void {
    if (outcome.kind === 'refused') this.refusals.push(outcome.message)
    operation.endedMs = this.#cluster.nowMs
    this.open.delete(operation.client)
    this.done.push(operation)
  }

  /** Asks until there is a definite answer: on silence, on `unknown` and on a redirect it asks again, elsewhere. */
  #insist(request: ClientRequest, hear: (outcome: ClientOutcome) => void): void {
    const cluster = this.#cluster
    const anybody = () => cluster.nodes[cluster.coin() % cluster.nodes.length] as NodeId
    let answered = false
    const attempt = (node: NodeId): void => {
      let over = false
      const again = (next: NodeId, afterMs: number): void => {
        if (over) return
        over = true
        cluster.after(afterMs, () => !answered && attempt(next))
      }
      cluster.ask(node, request, (outcome) => {
        if (answered) return
        if (outcome.kind === 'redirect') return again(outcome.leader ?? anybody(), outcome.leader ? 0 : 20)
        if (outcome.kind === 'unknown') return again(anybody(), 20)
        answered = true
        hear(outcome)
      })
      cluster.after(PATIENCE_MS, () => again(anybody(), 0))
    }
    attempt(anybody())
  }

  /** Sentences on what the clients saw that a single copy of the store could not have shown; empty when all is well. */
  complaints(): string[] {
    const found: string[] = [...this.refusals]
    const reads = this.done.filter((operation) => operation.seen !== undefined)
    const longest = reads.reduce((most, { seen = '' }) => (seen.length > most.length ? seen : most), '')
    /** Where each token ends in the longest state that anybody read. */
    const ends = new Map<string, number>()
    let at = 0
    for (const token of longest.split(';').slice(0, -1)) {
      at += token.length + 1
      if (ends.has(`${token};`)) found.push(`${token} was appended twice`)
      ends.set(`${token};`, at)
    }
    // Sweeps through time: a read must reach as far as every append and every read that had returned when it began.
    const moments = [
      ...this.done.map((operation) => ({ atMs: operation.endedMs, ends: true, operation })),
      ...reads.map((operation) => ({ atMs: operation.begunMs, ends: false, operation })),
    ].sort((a, b) => a.atMs - b.atMs || Number(a.ends) - Number(b.ends))
    const due = new Map<Operation, { length: number; why: string }>()
    let least = { length: 0, why: '' }
    for (const { ends: ended, operation } of moments) {
      const { client, seen, token } = operation
      if (!ended) {
        due.set(operation, least)
        continue
      }
      const length = seen?.length ?? ends.get(token ?? '') ?? Number.POSITIVE_INFINITY
      if (length > least.length) least = { length, why: token === undefined ? `what client ${client} had read` : token }
      if (seen === undefined) continue
      const needed = due.get(operation)
      if (!longest.startsWith(seen)) found.push(`client ${client} read what is no beginning of what another read`)
      if (needed && seen.length < needed.length) {
        found.push(`client ${client} read at ${operation.begunMs} ms without ${needed.why}, which had returned before`)
      }
    }
    return found
  }
}
