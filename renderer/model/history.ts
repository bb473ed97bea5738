/**
 * What clients asked and heard, as bars on lanes: a fold of invoke and return events. A client's name may stand for two askings at
 * once, when a person asks again before the first answer is there; the second then has a lane of its own, as for the judge.
 */
import type { HistoryPoint } from '../../main/contract/history.ts'
import type { InvokeEvent, ReturnEvent, RunEvent } from '../../protocols/core/event.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { Speech } from '../../protocols/words/speech.ts'

export interface HistoryOp {
  readonly id: number
  /** The client, `you (2)` for its second asking at once. */
  readonly lane: string
  /** The object it is about, where the service has several. */
  readonly key: string | undefined
  /** `put x 1` */
  readonly text: string
  /** The event of its invocation. */
  readonly seq: number
  readonly invokeUs: number
  /** `open`: it is still under way, or the recording ended before it returned. `unknown`: the client gave up. */
  readonly outcome: 'open' | 'ok' | 'refused' | 'unknown'
  /** When the client heard, or gave up. */
  readonly returnUs?: number
  /** What it heard, in words. */
  readonly answer?: string
}

export interface Lane {
  readonly name: string
  /** By time; none begins before the one before it has ended. */
  readonly ops: readonly HistoryOp[]
}

export class HistoryLog {
  readonly #speech: Pick<Speech, 'op' | 'result'>
  readonly #lanes = new Map<string, HistoryOp[]>()
  readonly #ops = new Map<number, HistoryOp>()
  readonly #calls = new Map<number, { readonly op: Json; readonly lane: string; readonly at: number }>()
  readonly #busy = new Set<string>()
  /** Operations by key. */
  readonly keys = new Map<string, number>()

  constructor(speech: Pick<Speech, 'op' | 'result'>) {
    this.#speech = speech
  }

  get size(): number {
    return this.#ops.size
  }

  get(id: number): HistoryOp | undefined {
    return this.#ops.get(id)
  }

  /** In the order of the log; those that are not about operations say nothing. */
  take(events: readonly RunEvent[]): void {
    for (const event of events) {
      if (event.kind === 'invoke') this.#invoke(event)
      else if (event.kind === 'return') this.#return(event)
    }
  }

  /** The lanes of a key, or of all: the person first, then the clients of the load by number. */
  lanes(isWanted: (op: HistoryOp) => boolean = () => true): Lane[] {
    const found = [...this.#lanes].map(([name, ops]) => ({ name, ops: ops.filter(isWanted) }))
    return found.filter(({ ops }) => ops.length > 0).sort((a, b) => laneOrder(a.name, b.name))
  }

  #invoke({ operation, client, op, seq, atUs }: InvokeEvent): void {
    let lane = client
    for (let another = 2; this.#busy.has(lane); another++) lane = `${client} (${another})`
    this.#busy.add(lane)
    const key = keyOf(op)
    const ops = this.#lanes.get(lane) ?? []
    this.#lanes.set(lane, ops)
    this.#calls.set(operation, { op, lane, at: ops.length })
    if (key !== undefined) this.keys.set(key, (this.keys.get(key) ?? 0) + 1)
    this.#put(ops, ops.length, { id: operation, lane, key, text: this.#speech.op(op), seq, invokeUs: atUs, outcome: 'open' })
  }

  #return({ operation, outcome, atUs }: ReturnEvent): void {
    const call = this.#calls.get(operation)
    const before = this.#ops.get(operation)
    if (!call || !before) return // its invocation was not recorded
    this.#calls.delete(operation)
    this.#busy.delete(call.lane)
    const answer = outcome.is === 'ok' ? this.#speech.result(call.op, outcome.result) : outcome.why
    const returnUs = Math.max(before.invokeUs, atUs)
    this.#put(this.#lanes.get(call.lane) as HistoryOp[], call.at, { ...before, outcome: outcome.is, returnUs, answer })
  }

  #put(ops: HistoryOp[], at: number, op: HistoryOp): void {
    ops[at] = op
    this.#ops.set(op.id, op)
  }
}

/** Services name the object of an operation `key`. */
function keyOf(op: Json): string | undefined {
  if (typeof op !== 'object' || op === null || Array.isArray(op)) return undefined
  const { key } = op as { readonly key?: Json }
  return key === undefined ? undefined : String(key)
}

function laneOrder(a: string, b: string): number {
  const person = (name: string) => (name.startsWith('you') ? 0 : 1)
  return person(a) - person(b) || a.localeCompare(b, 'en', { numeric: true })
}

/** Which operations a person wants to see: of one key, or of keys that have the text in them. */
export function keyFilter(text: string, keys: ReadonlyMap<string, number>): ((op: HistoryOp) => boolean) | undefined {
  const wanted = text.trim()
  if (wanted === '') return undefined
  if (keys.has(wanted)) return ({ key }) => key === wanted
  return ({ key }) => key?.includes(wanted) ?? false
}

/** Where an operation can have taken effect. */
export interface Point {
  readonly id: number
  readonly atUs: number
}

/**
 * The judge gives each operation the earliest point that keeps the order, so that many lie on one another. Here each is put in the
 * middle of where it may lie with the order kept: between that point and the first return of it and all that follow it.
 */
export function spreadPoints(order: readonly HistoryPoint[], opOf: (id: number) => HistoryOp | undefined): Point[] {
  const points: Point[] = []
  let latest = Number.POSITIVE_INFINITY
  for (const { id, at } of order.toReversed()) {
    const op = opOf(id)
    if (!op) continue
    if (op.outcome === 'ok') latest = Math.min(latest, op.returnUs ?? latest)
    points.push({ id, atUs: Number.isFinite(latest) ? (at + Math.max(at, latest)) / 2 : at })
  }
  return points.reverse()
}
