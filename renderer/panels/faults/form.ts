/**
 * What stands in the fault form, and the fault that it means. Every field keeps its value while the kind changes, so that a person
 * can look around; only what the kind needs goes into the fault.
 */
import { type FieldTest, type NetworkFault, type NetworkFaultInput, networkFaultSchema, type Rule } from '../../../protocols/core/fault.ts'
import { CLIENTS, type EndpointId, type NodeId } from '../../../protocols/core/ids.ts'
import type { FaultDraft } from '../../stores/breaking.ts'

export type Kind = NetworkFault['kind']

export const KINDS: readonly { readonly value: Kind; readonly text: string; readonly help: string }[] = [
  { value: 'cut', text: 'Cut', help: 'Nothing gets through; connections stay up, messages are dropped.' },
  { value: 'delay', text: 'Delay', help: 'Each message takes longer by this; the link stays first-in first-out.' },
  { value: 'loss', text: 'Loss', help: 'Each message is lost with this probability.' },
  { value: 'duplicate', text: 'Duplicate', help: 'A message is delivered more than once with this probability.' },
  { value: 'reorder', text: 'Reorder', help: 'A message waits a while, and later ones overtake it.' },
  { value: 'hold', text: 'Hold', help: 'Messages wait at a gate until they are let through one by one.' },
]

export interface TestFields {
  path: string
  is: FieldTest['is']
  /** As typed: `4`, `true`, `null`, `n3`. */
  value: string
}

export interface FaultFields {
  kind: Kind
  where: 'links' | 'groups' | 'all'
  links: { from: EndpointId; to: EndpointId; both: boolean }[]
  /** Members of the first side; the others stand on the second. */
  side: EndpointId[]
  delayMs: number
  jitterMs: number
  /** Per cent. */
  probability: number
  copies: number
  windowMs: number
  ruled: boolean
  types: string[]
  tests: TestFields[]
  /** Leaves the first so many alone. */
  skip: number
  /** Undefined: all further ones. */
  count: number | undefined
  /** Per cent. */
  chance: number
}

/** The form as it opens. */
export function fieldsOf(draft: FaultDraft, nodes: readonly NodeId[]): FaultFields {
  const target = draft.target as NetworkFault['target'] | undefined
  const rule = draft.rule
  return {
    kind: draft.kind,
    where: target === undefined ? 'links' : 'groups' in target ? 'groups' : 'all' in target ? 'all' : 'links',
    links: target && 'links' in target ? foldLinks(target.links) : [{ from: nodes[0] ?? CLIENTS, to: nodes[1] ?? CLIENTS, both: false }],
    side: target && 'groups' in target ? [...(target.groups[0] ?? [])] : nodes.slice(0, Math.floor(nodes.length / 2)),
    delayMs: 200,
    jitterMs: 50,
    probability: draft.kind === 'loss' ? 10 : 20,
    copies: 1,
    windowMs: 50,
    ruled: rule !== undefined,
    types: [...(rule?.types ?? [])],
    tests: (rule?.where ?? []).map(({ path, is, value }) => ({
      path,
      is,
      value: typeof value === 'string' ? value : JSON.stringify(value),
    })),
    skip: rule?.skip ?? 0,
    count: rule?.count,
    chance: (rule?.probability ?? 1) * 100,
  }
}

/** Pairs of opposite links become one line with both directions. */
function foldLinks(links: readonly (readonly [EndpointId, EndpointId])[]): FaultFields['links'] {
  const folded: FaultFields['links'] = []
  for (const [from, to] of links) {
    const back = folded.find((line) => !line.both && line.from === to && line.to === from)
    if (back) back.both = true
    else folded.push({ from, to, both: false })
  }
  return folded
}

/** The fault that the fields mean, or a sentence that says what is missing. */
export function faultOf(fields: FaultFields, nodes: readonly NodeId[]): { readonly fault: NetworkFault } | { readonly missing: string } {
  const target = targetOf(fields, nodes)
  if (typeof target === 'string') return { missing: target }
  const rule = fields.ruled ? ruleOf(fields) : undefined
  if (typeof rule === 'string') return { missing: rule }
  const on = rule === undefined ? { target } : { target, rule }
  const parsed = networkFaultSchema.safeParse({ kind: fields.kind, ...on, ...parameters(fields) })
  if (parsed.success) return { fault: parsed.data }
  const issue = parsed.error.issues[0]
  return { missing: issue ? `${issue.path.join('.')}: ${issue.message}` : 'Something is missing.' }
}

function parameters(fields: FaultFields): object {
  const probability = fields.probability / 100
  switch (fields.kind) {
    case 'cut':
    case 'hold':
      return {}
    case 'delay':
      return { delayMs: fields.delayMs, jitterMs: Math.min(fields.jitterMs, fields.delayMs) }
    case 'loss':
      return { probability }
    case 'duplicate':
      return { probability, copies: fields.copies }
    case 'reorder':
      return { probability, windowMs: fields.windowMs }
    default:
      return fields.kind satisfies never
  }
}

function targetOf(fields: FaultFields, nodes: readonly NodeId[]): NetworkFaultInput['target'] | string {
  if (fields.where === 'all') return { all: true }
  if (fields.where === 'groups') {
    const one = nodes.filter((node) => fields.side.includes(node))
    const other = nodes.filter((node) => !fields.side.includes(node))
    if (one.length === 0 || other.length === 0) return 'Choose at least one node for each side.'
    const clients = fields.side.includes(CLIENTS) ? [CLIENTS] : []
    return { groups: [[...one, ...clients], other] }
  }
  const links: [EndpointId, EndpointId][] = []
  const put = (from: EndpointId, to: EndpointId) => {
    if (!links.some((link) => link[0] === from && link[1] === to)) links.push([from, to])
  }
  for (const { from, to, both } of fields.links) {
    if (from === to) return `A link needs two ends: ${from} → ${to} has one.`
    put(from, to)
    if (both) put(to, from)
  }
  return links.length === 0 ? 'Choose at least one link.' : { links }
}

function ruleOf(fields: FaultFields): Rule | undefined | string {
  const where: FieldTest[] = []
  for (const { path, is, value } of fields.tests) {
    if (path.trim() === '' && value.trim() === '') continue
    if (path.trim() === '') return 'A condition needs the path of a field, such as term.'
    if (value.trim() === '') return `A condition on ${path.trim()} needs a value.`
    where.push({ path: path.trim(), is, value: readValue(value) })
  }
  const rule: Rule = {
    ...(fields.types.length > 0 ? { types: fields.types } : {}),
    ...(where.length > 0 ? { where } : {}),
    ...(fields.skip > 0 ? { skip: fields.skip } : {}),
    ...(fields.count === undefined ? {} : { count: fields.count }),
    ...(fields.chance < 100 ? { probability: fields.chance / 100 } : {}),
  }
  return Object.keys(rule).length === 0 ? undefined : rule
}

/** `4` is a number, `true` a truth, `null` nothing, `"4"` and everything else text. */
export function readValue(text: string): FieldTest['value'] {
  const trimmed = text.trim()
  if (trimmed === 'true') return true
  if (trimmed === 'false') return false
  if (trimmed === 'null') return null
  if (/^".*"$/.test(trimmed)) return trimmed.slice(1, -1)
  return trimmed !== '' && Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed
}
