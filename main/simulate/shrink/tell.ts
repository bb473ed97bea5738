/** What nodes are told: something else, of another node, or of one node more or fewer. Only what the scenario itself tells. */
import { messageTypesOf } from '../../../protocols/core/event.ts'
import type { Json } from '../../../protocols/core/json.ts'
import type { ControlSpec } from '../../../protocols/core/machine.ts'
import { liesOf } from '../../../protocols/lies/liar.ts'
import type { Step } from '../../scenario/format.ts'
import { nodesOf } from './deeds.ts'
import type { Dice } from './dice.ts'
import type { Bench, Trial } from './trial.ts'

type Tell = Extract<Step, { do: 'tell' }>
type Field = ControlSpec['fields'][number]

/** Undefined where nothing is told. */
export function told(trial: Trial, dice: Dice, bench: Bench): Tell | undefined {
  const controls = controlsOf(bench)
  if (controls.length === 0) return undefined
  const { name, fields } = dice.oneOf(controls)
  const words = Object.fromEntries(fields.map((field) => [field.name, drawn(field, trial, dice)]))
  return { do: 'tell', tell: dice.oneOf(['leader', dice.oneOf(nodesOf(trial))]), control: name, with: words }
}

/** The same told of others, or to another. */
export function retold(step: Tell, trial: Trial, dice: Dice, bench: Bench): Tell {
  const fields = controlsOf(bench).find(({ name }) => name === step.control)?.fields ?? []
  const [node, field] = [dice.oneOf(nodesOf(trial)), fields.length > 0 ? dice.oneOf(fields) : undefined]
  if (!field || dice.chance(0.3)) return { ...step, tell: node }
  const before = step.with?.[field.name]
  const few = Array.isArray(before) ? toggled(before, node) : []
  return { ...step, with: { ...step.with, [field.name]: few.length > 0 ? few : drawn(field, trial, dice) } }
}

/** Somebody lies; or who lies already tells one lie more, or another, or one fewer. */
export function lied(trial: Trial, dice: Dice, { protocol }: Bench, liar?: Tell): Tell | undefined {
  const [names, nodes] = [liesOf(protocol).map(({ name }) => name), nodesOf(trial)]
  if (names.length === 0) return undefined
  const one = {
    lie: dice.oneOf(names),
    ...(dice.chance(0.4) ? { to: [dice.oneOf(nodes)] } : {}),
    ...(dice.chance(0.4) ? { kinds: [dice.oneOf(messageTypesOf(protocol))] } : {}),
  }
  if (!liar) return { do: 'tell', tell: dice.oneOf(nodes), control: 'lie', with: { lies: [one] } }
  const before = (liar.with?.lies ?? []) as readonly Json[]
  const fewer = before.filter(() => dice.chance(0.7))
  const lies = fewer.length < before.length && fewer.length > 0 && dice.chance(0.5) ? fewer : [...fewer, one]
  return { ...liar, with: { lies } }
}

const controlsOf = ({ protocol, tells = [] }: Bench): readonly ControlSpec[] =>
  (protocol.controls ?? []).filter(({ name }) => tells.includes(name))

const toggled = (nodes: readonly Json[], node: string): Json[] =>
  nodes.includes(node) ? nodes.filter((other) => other !== node) : [...nodes, node]

function drawn({ is }: Field, trial: Trial, dice: Dice): Json {
  const nodes = nodesOf(trial)
  switch (is) {
    case 'node':
      return dice.oneOf(nodes)
    case 'nodes': {
      const one = dice.oneOf(nodes)
      return nodes.filter((node) => node === one || dice.chance(0.5))
    }
    case 'number':
      return 1 + dice.below(nodes.length)
    case 'text':
      return ''
    default:
      return is satisfies never
  }
}
