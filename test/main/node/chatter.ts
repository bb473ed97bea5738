/**
 * A protocol for tests of the driver alone: it does whatever its coin says. Each step knows its own number, puts it into
 * everything it persists and sends, and so shows afterwards what came before what.
 */
import { List } from 'immutable'
import { z } from 'zod'
import type { Effect } from '../../../protocols/core/effect.ts'
import type { NodeId } from '../../../protocols/core/ids.ts'
import type { Input, StartInput } from '../../../protocols/core/input.ts'
import type { Json } from '../../../protocols/core/json.ts'
import type { ProtocolDefinition } from '../../../protocols/core/machine.ts'

const chat = z.strictObject({ kind: z.literal('Chat'), step: z.int(), words: z.string() })
export type Chat = z.infer<typeof chat>

export interface ChatterState {
  readonly id: NodeId
  readonly nodes: readonly NodeId[]
  readonly step: number
  readonly recovered: readonly Json[]
  /** Some messages are early, and it wants to hear what is durable. */
  readonly isHasty: boolean
  readonly coins: List<number>
}

type ChatterStep = { state: ChatterState; effects: Effect<Chat>[] }

export const chatter: ProtocolDefinition<ChatterState, Chat> = {
  ...{ name: 'chatter', title: 'Chatter', summary: '', source: '', version: 1, epochName: 'round' },
  clusterSize: { min: 1, max: 15, usual: 3 },
  options: z.strictObject({ isHasty: z.boolean().default(false) }),
  optionSpecs: [],
  messages: [{ kind: 'Chat', family: 'other', style: 'request', help: '' }],
  message: chat,
  timers: [
    { name: 'short', help: '' },
    { name: 'long', help: '' },
  ],
  controls: [
    {
      ...{ name: 'shout', label: 'Shout', help: 'It says so to everybody.' },
      fields: [{ name: 'words', label: 'Words', is: 'text', help: '' }],
      schema: z.strictObject({ name: z.literal('shout'), words: z.string() }),
    },
  ],
  notes: [{ name: 'chatted', help: '' }],
  facts: [],
  services: ['*'],
  machine: () => ({ start, step }),
  observe: (state) => ({ role: 'other', epoch: Math.floor(state.step / 3), facts: { recovered: state.recovered.length } }),
  encode: (state) => ({ ...state, coins: state.coins.toArray() }),
  decode: (json) => {
    const { coins, ...same } = json as unknown as ChatterState & { coins: number[] }
    return { ...same, coins: List(coins) }
  },
  invariants: [],
  scenarios: [],
}

function start({ id, nodes, options, recovered, coin }: StartInput): ChatterStep {
  const { isHasty = false } = options as { isHasty?: boolean }
  const state = { id, nodes, step: 1, recovered, isHasty, coins: List([coin]) }
  return { state, effects: [{ kind: 'setTimer', name: 'short', msMin: 5, msMax: 10 }] }
}

function step(before: ChatterState, input: Input<Chat>): ChatterStep {
  const { coin } = input
  const state = { ...before, step: before.step + 1, coins: before.coins.push(coin) }
  if (input.kind === 'message' && input.message.words === 'throw') throw new Error('a bug of the protocol')
  const effects: Effect<Chat>[] = []
  const early = state.isHasty && (coin & 2048) !== 0
  const words = `${early ? 'early' : ''}${'x'.repeat(coin % 50)}`
  if (input.kind === 'control')
    for (const to of state.nodes)
      if (to !== state.id)
        effects.push({ kind: 'send', to, message: { kind: 'Chat', step: state.step, words: String(input.control.words) } })
  if (coin & 1)
    effects.push({ kind: 'persist', record: { step: state.step }, ...(state.isHasty && coin & 4096 ? { mark: state.step } : {}) })
  if ((coin & 62) === 62) effects.push({ kind: 'persist', record: { step: state.step, all: true }, replaces: true })
  if (coin & 64)
    for (const to of state.nodes)
      if (to !== state.id)
        effects.push({ kind: 'send', to, message: { kind: 'Chat', step: state.step, words }, ...(early ? { early } : {}) })
  if (coin & 128) effects.push({ kind: 'note', note: 'chatted', data: { step: state.step } })
  if (coin & 256) effects.push({ kind: 'setTimer', name: coin & 512 ? 'short' : 'long', msMin: 10, msMax: 100 })
  if (coin & 1024) effects.push({ kind: 'cancelTimer', name: 'long' })
  if (input.kind === 'request') effects.push({ kind: 'reply', id: input.id, outcome: { kind: 'ok', result: state.step } })
  return { state, effects }
}
