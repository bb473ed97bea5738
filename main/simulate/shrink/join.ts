/** Faults that do the work of two, or befall one link or kind of message more or fewer. Each is one deed however much it touches. */
import type { Step } from '../../scenario/format.ts'
import type { Dice } from './dice.ts'
import type { Sent } from './letters.ts'

type Arm = Extract<Step, { do: 'arm' }>['arm']
type Link = readonly [string, string]
/** A fault as far as it says what it befalls. */
interface Befalls {
  readonly target?: { readonly links?: readonly Link[] }
  readonly rule?: { readonly types?: readonly string[]; readonly [part: string]: unknown }
}

/** Of the kind and rule of one of them, on the links of both. */
export function joinFaults(one: Arm, other: Arm, dice: Dice): Arm {
  const [a, b] = [one as Befalls, other as Befalls]
  const links = a.target?.links && b.target?.links ? { target: { links: distinct([...a.target.links, ...b.target.links]) } } : {}
  const { target: _, rule: __, ...kind } = dice.oneOf([one, other])
  const [types, more] = [a.rule?.types, b.rule?.types]
  const both = { ...dice.oneOf([a.rule, b.rule]), ...(types && more ? { types: distinct([...types, ...more]) } : {}) }
  const rule = dice.oneOf([a.rule, b.rule, both, types && more ? { types: distinct([...types, ...more]) } : undefined])
  return { ...kind, ...links, ...(rule && Object.keys(rule).length > 0 ? { rule } : {}) } as Arm
}

/** On the link of this message as well, or of its type. */
export function widened(fault: Arm, { from, to, type }: Sent, dice: Dice): Arm | undefined {
  const { target, rule } = fault as Befalls
  const links = target?.links && { ...fault, target: { links: distinct([...target.links, [from, to] as Link]) } }
  const types = rule?.types && { ...fault, rule: { ...rule, types: distinct([...rule.types, type]) } }
  const both = links && types && { ...links, rule: types.rule }
  return dice.oneOf([links, types, both].filter((each) => each !== undefined)) as Arm | undefined
}

/** On a link or a type fewer, or with one condition fewer. */
export function narrowed(fault: Arm, dice: Dice): Arm | undefined {
  const { target, rule } = fault as Befalls
  const links = target?.links ?? []
  const types = rule?.types ?? []
  const gone = dice.oneOf([...(links.length > 1 ? links : []), ...(types.length > 1 ? types : []), ...Object.keys(rule ?? {})])
  if (gone === undefined) return undefined
  if (typeof gone !== 'string') return { ...fault, target: { links: links.filter((link) => link !== gone) } } as unknown as Arm
  if (types.includes(gone)) return { ...fault, rule: { ...rule, types: types.filter((type) => type !== gone) } } as unknown as Arm
  const { [gone]: _, ...fewer } = rule ?? {}
  const { rule: __, ...unruled } = fault
  return (Object.keys(fewer).length > 0 ? { ...unruled, rule: fewer } : unruled) as Arm
}

const distinct = <T>(values: readonly T[]): T[] => {
  const seen = new Set<string>()
  return values.filter((value) => !seen.has(String(value)) && seen.add(String(value)))
}
