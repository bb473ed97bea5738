/**
 * How often each kind of input, effect, state transition and message type was seen. What never was shows what a sweep never
 * tried: a protocol whose change of leaders never ran is not proved by ten thousand seeds. Counting is one look-up and one addition.
 */
import { messageTypesOf } from '../core/event.ts'
import type { ClientOutcome, ClientRequest } from '../core/input.ts'
import { invariant } from '../core/invariant.ts'
import type { AnyProtocol } from '../core/machine.ts'
import { type Letter, Listener, type StepSeen } from './sink.ts'

const GROUPS = ['inputs', 'effects', 'transitions', 'messages'] as const
type Group = (typeof GROUPS)[number]

/** `of`: which of its kind, where there are several. */
interface Seen {
  readonly group: Group
  readonly kind: string
  readonly of?: string
}

const requests = { register: true, command: true, query: true, signed: true } as const satisfies { [kind in ClientRequest['kind']]: true }
const outcomes = { registered: true, ok: true, redirect: true, unknown: true, refused: true } as const satisfies {
  [kind in ClientOutcome['kind']]: true
}

/** All that can be seen of a protocol, in the order of the counts. */
function allOf({ messages, timers, notes, controls = [], clients }: AnyProtocol, types: readonly string[]): readonly Seen[] {
  const each = (group: Group, kind: string, names: readonly string[]): Seen[] => names.map((of) => ({ group, kind, of }))
  // What clients of another manner would say is not awaited, and nobody registers where there are no sessions.
  const asked = clients?.asks === 'leader-then-all' ? /^(signed|ok)$/ : clients?.sessions === false ? /^(?!register|signed)/ : /^(?!signed)/
  const said = (all: readonly string[]) => all.filter((kind) => asked.test(kind))
  const kinds = messages.map(({ kind }) => kind)
  const names = timers.map(({ name }) => name)
  return [
    { group: 'inputs', kind: 'start' },
    ...each('inputs', 'message', kinds),
    ...each('inputs', 'timer', names),
    ...each('inputs', 'request', said(Object.keys(requests))),
    { group: 'inputs', kind: 'durable' },
    ...each(
      'inputs',
      'control',
      controls.map(({ name }) => name),
    ),
    ...each('effects', 'send', kinds),
    ...each('effects', 'setTimer', names),
    { group: 'effects', kind: 'cancelTimer' },
    { group: 'effects', kind: 'persist' },
    ...each('effects', 'reply', said(Object.keys(outcomes))),
    ...notes.map(({ name }) => ({ group: 'transitions', kind: name }) as const),
    ...types.map((type) => ({ group: 'messages', kind: type }) as const),
  ]
}

export class Coverage extends Listener {
  /** By the place in `kindsOf`. */
  readonly counts: number[]
  readonly #start: number
  readonly #durable: number
  readonly #cancelTimer: number
  readonly #persist: number
  readonly #firstMessage: number
  readonly #heard: ReadonlyMap<string, number>
  readonly #fired: ReadonlyMap<string, number>
  readonly #told: ReadonlyMap<string, number>
  readonly #asked: ReadonlyMap<string, number>
  readonly #sent: ReadonlyMap<string, number>
  readonly #set: ReadonlyMap<string, number>
  readonly #replied: ReadonlyMap<string, number>
  readonly #noted: ReadonlyMap<string, number>

  constructor(protocol: AnyProtocol) {
    super()
    const all = allOf(protocol, messageTypesOf(protocol))
    this.counts = all.map(() => 0)
    const placeOf = (wanted: string) => all.findIndex(({ kind }) => kind === wanted)
    const placesOf = (group: Group, wanted?: string): ReadonlyMap<string, number> =>
      new Map(
        all.flatMap((seen, index) =>
          seen.group === group && (wanted === undefined || seen.kind === wanted) ? [[seen.of ?? seen.kind, index]] : [],
        ),
      )
    this.#start = placeOf('start')
    this.#durable = placeOf('durable')
    this.#cancelTimer = placeOf('cancelTimer')
    this.#persist = placeOf('persist')
    this.#firstMessage = all.findIndex(({ group }) => group === 'messages')
    this.#heard = placesOf('inputs', 'message')
    this.#fired = placesOf('inputs', 'timer')
    this.#told = placesOf('inputs', 'control')
    this.#asked = placesOf('inputs', 'request')
    this.#sent = placesOf('effects', 'send')
    this.#set = placesOf('effects', 'setTimer')
    this.#replied = placesOf('effects', 'reply')
    this.#noted = placesOf('transitions')
  }

  override stepped({ input, effects }: StepSeen): void {
    this.#count(this.#placeOfInput(input))
    for (const effect of effects) {
      switch (effect.kind) {
        case 'send':
          this.#count(this.#sent.get(effect.message.kind))
          break
        case 'setTimer':
          this.#count(this.#set.get(effect.name))
          break
        case 'cancelTimer':
          this.#count(this.#cancelTimer)
          break
        case 'persist':
          this.#count(this.#persist)
          break
        case 'reply':
          this.#count(this.#replied.get(effect.outcome.kind))
          break
        case 'note': {
          const place = this.#noted.get(effect.note)
          invariant(place !== undefined, `a protocol makes notes that it has declared, not ${effect.note}`)
          this.#count(place)
          break
        }
        default:
          effect satisfies never
      }
    }
  }

  override sent({ type }: Letter): void {
    this.#count(this.#firstMessage + type)
  }

  #placeOfInput(input: StepSeen['input']): number | undefined {
    switch (input.kind) {
      case 'start':
        return this.#start
      case 'message':
        return this.#heard.get(input.message.kind)
      case 'timer':
        return this.#fired.get(input.name)
      case 'request':
        return this.#asked.get(input.request.kind)
      case 'durable':
        return this.#durable
      case 'control':
        return this.#told.get(input.control.name)
      default:
        return input satisfies never
    }
  }

  /** The simulator lets nothing pass that the protocol has not declared, notes apart. */
  #count(place: number | undefined): void {
    if (place !== undefined) this.counts[place] = (this.counts[place] as number) + 1
  }
}

const nameOf = ({ kind, of }: Seen): string => (of === undefined ? kind : `${kind} ${of}`)

/** What stands at each place of the counts. Two protocols count alike when these are alike. */
export const kindsOf = (protocol: AnyProtocol): readonly string[] =>
  allOf(protocol, messageTypesOf(protocol)).map((seen) => `${seen.group.slice(0, -1)} ${nameOf(seen)}`)

export type CoverageReport = { readonly [group in Group]: { readonly [name: string]: number } } & {
  /** `input timer heartbeat`, `transition becomeLeader`. */
  readonly neverSeen: readonly string[]
}

/** Over all of `counts`, one list for each run. */
export function coverageOf(protocol: AnyProtocol, counts: readonly (readonly number[])[]): CoverageReport {
  const all = allOf(protocol, messageTypesOf(protocol))
  const sums = all.map((_, index) => counts.reduce((sum, run) => sum + (run[index] ?? 0), 0))
  const report: { [group in Group]: { [name: string]: number } } = { inputs: {}, effects: {}, transitions: {}, messages: {} }
  for (const [index, seen] of all.entries()) report[seen.group][nameOf(seen)] = sums[index] as number
  return { ...report, neverSeen: kindsOf(protocol).filter((_, index) => sums[index] === 0) }
}
