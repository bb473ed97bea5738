/** How the tests write histories: by hand as bars, and at random from a seed, with lies planted in some. */
import type { Call, Operation, Outcome } from '../../../protocols/check/history.ts'
import type { AnyModel } from '../../../protocols/check/model.ts'
import type { Json } from '../../../protocols/core/json.ts'
import { draw, fraction } from '../../../protocols/core/prng.ts'

/** One operation: `bar(model, 'a', 'write 1', 0, 3)`, `bar(model, 'b', 'read', 1, 2, 1)`. Without a return its outcome is unknown. */
export type Bar = readonly [client: string, text: string, invoke: number, end?: number | undefined, output?: Json | 'refused']

/** Operations from bars; ids count from 1. The text is the operation, then its input as JSON; `@x` before the input names a key. */
// biome-ignore lint/suspicious/noExplicitAny: histories of every model
export function history(model: AnyModel, bars: readonly Bar[]): Operation<any>[] {
  return bars.map(([client, text, invoke, end, output], index) => {
    const [operation = '', ...rest] = text.split(' ')
    const key = rest[0]?.startsWith('@') ? rest.shift()?.slice(1) : undefined
    const call: Call = {
      client,
      operation,
      ...(key === undefined ? {} : { key }),
      ...(rest.length === 0 ? {} : { input: JSON.parse(rest.join(' ')) as Json }),
    }
    const outcome: Outcome =
      end === undefined ? { is: 'unknown' } : output === 'refused' ? { is: 'refused' } : { is: 'ok', output: output ?? null }
    const read = model.read(call, outcome.is === 'ok' ? outcome.output : undefined)
    if ('problem' in read) throw new Error(`${text}: ${read.problem}`)
    return { id: index + 1, client, input: read.input, outcome, invoke, ...(end === undefined ? {} : { return: end }) }
  })
}

/** Coins from a seed, in a row. */
export function coinsOf(seed: number): (below: number) => number {
  let turn = 0
  return (below) => Math.floor(fraction(draw(seed, turn++)) * below)
}

export interface Wish {
  readonly operations: number
  readonly clients: number
  /** Out of 10 outputs, so many are drawn rather than true; out of 10 outcomes, so many are unknown. */
  readonly lies: number
  readonly unknown: number
}

/**
 * A history of `model` with small values: operations overlap at random, take effect at a random point of their interval, and answer
 * what is true there, but for the lies.
 */
// biome-ignore lint/suspicious/noExplicitAny: histories of every model
export function randomHistory(model: AnyModel, seed: number, wish: Wish): Operation<any>[] {
  const coins = coinsOf(seed)
  const texts = TEXTS[model.name] as readonly string[]
  const free = Array.from({ length: wish.clients }, () => coins(4))
  const bars: { bar: Bar; point: number }[] = []
  for (let i = 0; i < wish.operations; i++) {
    const client = coins(wish.clients)
    const invoke = (free[client] as number) + coins(3)
    const end = invoke + coins(7)
    free[client] = end + 1
    const fate = coins(10)
    const text = texts[coins(texts.length)] as string
    const point = invoke + (coins(101) / 100) * (end - invoke)
    // A client whose operation is unknown is gone; another takes its place.
    if (fate < wish.unknown) bars.push({ bar: [`gone${i}`, text, invoke], point: point + coins(8) })
    else bars.push({ bar: [`c${client}`, text, invoke, end, fate === 9 ? 'refused' : null], point })
  }
  const truth = new Map<string, Json>()
  for (const { bar, point } of bars) truth.set(bar[1] + point, null)
  const order = [...bars].sort((a, b) => a.point - b.point)
  let state = model.init()
  const answers = new Map<Bar, Json>()
  for (const { bar } of order) {
    if (bar[4] === 'refused') continue
    if (bar[3] === undefined && coins(2) === 0) continue
    const output = outputsOf(model, bar).find((one) => model.step(state, inputOf(model, bar, one), one) !== undefined)
    if (output === undefined) throw new Error(`no output fits ${bar[1]}`)
    state = model.step(state, inputOf(model, bar, output), output)
    const possible = outputsOf(model, bar)
    answers.set(bar, coins(10) < wish.lies ? (possible[coins(possible.length)] as Json) : output)
  }
  return history(
    model,
    bars.map(({ bar }) =>
      bar[3] === undefined || bar[4] === 'refused' ? bar : ([bar[0], bar[1], bar[2], bar[3], answers.get(bar) ?? null] as const),
    ),
  )
}

const inputOf = (model: AnyModel, bar: Bar, output: Json): unknown =>
  (history(model, [[bar[0], bar[1], bar[2], bar[2], output]])[0] as Operation<unknown>).input

function outputsOf(model: AnyModel, [, text]: Bar): readonly Json[] {
  const operation = text.split(' ')[0] as string
  if (model.name === 'lock') return LOCK_ANSWERS[operation] ?? []
  if (operation === 'read' && model.name === 'set') return [[], ['p'], ['q'], ['p', 'q']]
  if (operation === 'learn') return ['p', 'q', null]
  if (operation === 'propose') return ['p', 'q']
  if (operation === 'get' && model.name === 'store') return [[], ['a'], ['b'], ['a', 'b']]
  if (operation === 'get') return [null, ...GETS]
  if (operation === 'read' || operation === 'dequeue') return [null, 1, 2]
  if (['cas', 'delete', 'add', 'remove', 'contains', 'acquire', 'release'].includes(operation)) return [true, false]
  return [null]
}

/** Everything that three appends of one letter, or a put, can leave behind; longer values are not drawn as lies. */
const GETS = ['a', 'b', 'aa', 'ab', 'ba', 'bb', 'aaa', 'aab', 'aba', 'abb', 'baa', 'bab', 'bba', 'bbb'].flatMap((text) => [
  text,
  ...(text.length < 3
    ? []
    : ['a', 'b', 'aa', 'ab', 'ba', 'bb', 'aaa', 'aab', 'aba', 'abb', 'baa', 'bab', 'bba', 'bbb'].map((more) => text + more)),
])

const TOKENS = Array.from({ length: 12 }, (_, index) => index + 1)
const LOCK_ANSWERS: { readonly [operation: string]: readonly Json[] } = {
  acquire: [...TOKENS.map((token) => ({ token })), ...['p', 'q'].flatMap((heldBy) => TOKENS.map((token) => ({ heldBy, token })))],
  release: [true, false],
  write: [{ taken: true }, { taken: false, token: 1, newer: 2 }],
  read: [null, 'a', 'b'],
}

const TEXTS: { readonly [model: string]: readonly string[] } = {
  register: ['read', 'read', 'write 1', 'write 2'],
  'cas-register': ['read', 'write 1', 'write 2', 'cas [1,2]', 'cas [2,1]', 'cas [null,1]'],
  kv: ['get @x', 'get @x', 'put @x "a"', 'append @x "b"', 'delete @x', 'cas @x ["a","b"]', 'cas @x [null,"a"]'],
  set: ['add "p"', 'add "q"', 'remove "p"', 'contains "p"', 'contains "q"', 'read'],
  queue: ['enqueue 1', 'enqueue 2', 'dequeue', 'dequeue'],
  lock: [
    'acquire @x {"ms":2,"client":"p","atMs":1}',
    'acquire @x {"ms":2,"client":"q","atMs":2}',
    'acquire @x {"ms":2,"client":"q","atMs":4}',
    'release @x {"token":1}',
    'write @x {"value":"a","token":1}',
    'write @x {"value":"b","token":2}',
    'write @x {"value":"a","token":1,"unchecked":true}',
    'read @x',
  ],
  mutex: ['acquire', 'release'],
  store: ['get @x', 'get @x', 'put @x "a"', 'put @x "b"', 'delete @x'],
  decree: ['learn', 'learn', 'propose "p"', 'propose "q"'],
}
