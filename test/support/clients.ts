/**
 * Clients of a test cluster: each has a session and one operation outstanding, repeats it elsewhere until it hears, and
 * appends tokens that nobody else writes. What they heard proves the service right or wrong: an append that returned is in
 * every read that began later, exactly once, and two reads never disagree on the order.
 */
import type { NodeId } from '../../protocols/core/ids.ts'
import type { ClientOutcome, ClientRequest } from '../../protocols/core/input.ts'
import type { AnyMessage } from '../../protocols/core/machine.ts'
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
    const tokens = longest.split(';').slice(0, -1)
    if (new Set(tokens).size !== tokens.length) found.push(`a token was appended twice: ${longest}`)
    for (const { client, seen = '' } of reads) {
      if (!longest.startsWith(seen)) found.push(`client ${client} read ${seen}, which is no beginning of ${longest}`)
    }
    let latest = { seen: '', endedMs: -1 }
    const known: { token: string; endedMs: number }[] = []
    const byEnd = [...this.done].sort((a, b) => a.endedMs - b.endedMs)
    for (const { token, endedMs } of byEnd) if (token !== undefined) known.push({ token, endedMs })
    for (const read of reads) {
      const seen = `;${read.seen}`
      const missing = known.find(({ token, endedMs }) => endedMs < read.begunMs && !seen.includes(`;${token}`))
      if (missing) found.push(`client ${read.client} read at ${read.begunMs} without ${missing.token}, appended by ${missing.endedMs}`)
    }
    for (const read of [...reads].sort((a, b) => a.begunMs - b.begunMs)) {
      const earlier = byEnd.filter(({ seen, endedMs }) => seen !== undefined && endedMs < read.begunMs)
      for (const { seen = '', endedMs } of earlier) if (seen.length > latest.seen.length) latest = { seen, endedMs }
      if ((read.seen ?? '').length < latest.seen.length) found.push(`client ${read.client} read an older state than was read before`)
    }
    return found
  }
}
