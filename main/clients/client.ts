/**
 * One logical client: one operation at a time, on any node until it finds the leader. It registers a session first, so
 * that a command repeated after a silence or an unsure answer takes effect once (Raft dissertation §6.3).
 */
import type { ClientOutcome, ClientRequest } from '../../protocols/core/input.ts'
import type { Json } from '../../protocols/core/json.ts'

/** Run milliseconds. */
const SILENCE_MS = 500
const SILENCE_MS_MAX = 2000
const RETRY_MS = 25
const GIVE_UP_MS = 10_000

export type Outcome =
  | { readonly is: 'ok'; readonly result: Json }
  | { readonly is: 'refused'; readonly why: string }
  | { readonly is: 'unknown'; readonly why: string }

/** What a client needs around it. */
export interface Surroundings {
  readonly nodeCount: number
  /** Run milliseconds. */
  nowMs(): number
  /** Sends to the node at this index; the answer comes to `ClientSession.hear` under the returned number. */
  ask(client: ClientSession, node: number, request: ClientRequest): number
  /** The index of a node's name. */
  indexOf(node: string): number
  isRead(op: Json): boolean
}

interface Asked {
  readonly op: Json
  readonly begunMs: number
  readonly done: (outcome: Outcome) => void
  attempts: number
  /** The number of the last asking. */
  asking: number
  /** When to ask again without having heard. */
  againMs: number
}

export class ClientSession {
  readonly name: string
  readonly #around: Surroundings
  #node: number
  #session: number | undefined
  #seq = 0
  #asked: Asked | undefined

  constructor(name: string, around: Surroundings, firstNode: number) {
    this.name = name
    this.#around = around
    this.#node = firstNode % around.nodeCount
  }

  get isIdle(): boolean {
    return this.#asked === undefined
  }

  /** Begins an operation; `done` is called once. The client must be idle. */
  begin(op: Json, done: (outcome: Outcome) => void): void {
    if (!this.#around.isRead(op)) this.#seq += 1
    this.#asked = { op, begunMs: this.#around.nowMs(), done, attempts: 0, asking: 0, againMs: 0 }
    this.#ask(this.#asked)
  }

  /** An answer to asking number `asking`. Late answers to earlier askings of the same operation are as good as any. */
  hear(outcome: ClientOutcome): void {
    const asked = this.#asked
    if (!asked) return
    switch (outcome.kind) {
      case 'registered':
        if (this.#session === undefined) {
          this.#session = outcome.session
          this.#ask(asked)
        }
        return
      case 'ok':
        return this.#end(asked, { is: 'ok', result: outcome.result })
      case 'redirect': {
        const leader = outcome.leader === undefined ? -1 : this.#around.indexOf(outcome.leader)
        if (leader < 0 || leader === this.#node) return this.#askLater(asked)
        this.#node = leader
        return this.#ask(asked)
      }
      case 'unknown':
        return this.#askLater(asked)
      case 'refused':
        // the session may be the reason: the next operation registers anew
        this.#session = undefined
        this.#seq = 0
        return this.#end(asked, { is: 'refused', why: outcome.message })
      default:
        outcome satisfies never
    }
  }

  /** To be called every few milliseconds: asks again after a silence, gives up after a long one. */
  tick(nowMs: number): void {
    const asked = this.#asked
    if (!asked || nowMs < asked.againMs) return
    if (nowMs - asked.begunMs >= GIVE_UP_MS) {
      return this.#end(asked, { is: 'unknown', why: `no answer in ${GIVE_UP_MS / 1000} s of run time` })
    }
    this.#node = (this.#node + 1) % this.#around.nodeCount
    this.#ask(asked)
  }

  /** The run ends, or the load does: whether the operation happened stays unknown. */
  abandon(why: string): void {
    if (this.#asked) this.#end(this.#asked, { is: 'unknown', why })
  }

  #ask(asked: Asked): void {
    asked.attempts += 1
    asked.asking = this.#around.ask(this, this.#node, this.#request(asked.op))
    asked.againMs = this.#around.nowMs() + Math.min(SILENCE_MS * 2 ** Math.min(asked.attempts - 1, 4), SILENCE_MS_MAX)
  }

  /** Nobody leads that the node knows of: another node is asked after a moment. */
  #askLater(asked: Asked): void {
    asked.againMs = this.#around.nowMs() + RETRY_MS
  }

  #request(op: Json): ClientRequest {
    if (this.#around.isRead(op)) return { kind: 'query', op }
    if (this.#session === undefined) return { kind: 'register' }
    return { kind: 'command', session: this.#session, seq: this.#seq, firstUnacked: this.#seq, op }
  }

  #end(asked: Asked, outcome: Outcome): void {
    this.#asked = undefined
    asked.done(outcome)
  }
}
