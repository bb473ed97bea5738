/** Faults as sentences: what stands in the list, on the timeline, on buttons and in the preview of the form. */
import type { ClockSetting, FieldTest, LinkTarget, NetworkFault, NetworkFaultInput, Rule, SyncMs } from '../core/fault.ts'
import type { EndpointId, NodeId } from '../core/ids.ts'

/** Who is not there: an empty seat stands on a side of a partition, too, and is named when somebody sits on it. */
export type IsEmpty = (endpoint: EndpointId) => boolean
const allThere: IsEmpty = () => false

/** "Cut n1 → n2", "Drop the 2nd AppendEntries n1 → n3 where term > 4", "Delay n1 ⇄ n2 by 200 ± 50 ms". */
export function faultText(fault: NetworkFault | NetworkFaultInput, isEmpty = allThere): string {
  const target = fault.target as LinkTarget // names are names, checked or not
  const { rule } = fault
  const where = targetText(target, isEmpty)
  const what = rule ? `${messagesText(rule)} ${'groups' in target ? `between ${where}` : 'all' in target ? 'on every link' : where}` : where
  const tail = rule ? conditionText(rule) : ''
  switch (fault.kind) {
    case 'cut':
      if (rule) return `Drop ${what}${tail}`
      return 'groups' in target ? `Partition ${where}` : `Cut ${where}`
    case 'delay':
      return `Delay ${what} by ${rangeText(fault.delayMs, fault.jitterMs ?? 0)}${tail}`
    case 'loss':
      return `Lose ${percent(fault.probability)} of ${what}${tail}`
    case 'duplicate': {
      const copies = fault.copies ?? 1
      return `Duplicate ${percent(fault.probability)} of ${what}${copies > 1 ? `, ${copies} more copies each` : ''}${tail}`
    }
    case 'reorder':
      return `Reorder ${percent(fault.probability)} of ${what} within ${timeText(fault.windowMs ?? 50)}${tail}`
    case 'hold':
      return `Hold ${what} at a gate${tail}`
    default:
      return fault satisfies never
  }
}

/** What it is, in a word: "partition", "cut", "loss". */
export function faultName({ kind, target, rule }: Pick<NetworkFaultInput, 'kind' | 'target' | 'rule'>): string {
  if (kind !== 'cut') return kind
  return rule ? 'drop' : target && 'groups' in target ? 'partition' : 'cut'
}

/** "The clock of n1 is 500 ms ahead and goes 5 % too fast". */
export function clockText(node: NodeId, { skewMs, driftPpm }: ClockSetting): string {
  const skew = skewMs === 0 ? [] : [`is ${timeText(Math.abs(skewMs))} ${skewMs < 0 ? 'behind' : 'ahead'}`]
  const drift = driftPpm === 0 ? [] : [`goes ${Number((Math.abs(driftPpm) / 1e4).toPrecision(3))} % too ${driftPpm < 0 ? 'slow' : 'fast'}`]
  return `The clock of ${node} ${[...skew, ...drift].join(' and ') || 'is right'}`
}

/** "The disk of n1 is slow: a sync takes 20 to 100 ms". */
export function diskText(node: NodeId, syncMs: SyncMs | null | undefined): string {
  if (!syncMs) return `The disk of ${node} is as fast as usual`
  const { min, max } = syncMs
  return `The disk of ${node} is slow: a sync takes ${min === max ? timeText(max) : `${timeText(min)} to ${timeText(max)}`}`
}

/** "n1 → n2", "n1 ⇄ n2", "n1, n2 | n3", "every link". */
export function targetText(target: LinkTarget, isEmpty = allThere): string {
  if ('all' in target) return 'every link'
  if ('groups' in target) return sidesText(target.groups, isEmpty)
  const rest = new Map(target.links.map((link) => [`${link[0]}>${link[1]}`, link]))
  const parts: string[] = []
  for (const [from, to] of target.links) {
    if (!rest.delete(`${from}>${to}`)) continue
    const both = rest.delete(`${to}>${from}`)
    parts.push(`${from} ${both ? '⇄' : '→'} ${to}`)
  }
  return parts.length <= 4 ? parts.join(', ') : `${parts.slice(0, 3).join(', ')} and ${parts.length - 3} more`
}

/** "n1, n2 | n3". */
export function sidesText(sides: readonly (readonly EndpointId[])[], isEmpty = allThere): string {
  const there = sides.map((side) => side.filter((endpoint) => !isEmpty(endpoint))).filter((side) => side.length > 0)
  return there.map((side) => side.join(', ')).join(' | ')
}

/** "the 2nd AppendEntries", "the first 3 messages", "RequestVote or RequestVoteReply". */
function messagesText(rule: Rule): string {
  const names = rule.types?.length ? list(rule.types, 'or') : undefined
  const many = names ?? 'messages'
  const one = names ?? 'message'
  const skip = rule.skip ?? 0
  if (rule.count === 1) return `the ${ordinal(skip + 1)} ${one}`
  if (rule.count !== undefined)
    return skip === 0 ? `the first ${rule.count} ${many}` : `the ${ordinal(skip + 1)} to ${ordinal(skip + rule.count)} ${one}`
  return skip === 0 ? many : `${many} from the ${ordinal(skip + 1)} on`
}

function conditionText(rule: Rule): string {
  const tests = rule.where?.length ? ` where ${list(rule.where.map(testText), 'and')}` : ''
  const chance = rule.probability !== undefined && rule.probability < 1 ? `, each with ${percent(rule.probability)} probability` : ''
  return tests + chance
}

export function testText(test: FieldTest): string {
  const value = typeof test.value === 'string' ? `“${test.value}”` : String(test.value)
  return `${test.path} ${RELATION[test.is]} ${value}`
}

const RELATION: Record<FieldTest['is'], string> = { '=': '=', '!=': '≠', '<': '<', '<=': '≤', '>': '>', '>=': '≥', contains: 'contains' }

/** 250 → "250 ms", 1500 → "1.5 s". */
export function timeText(ms: number): string {
  return ms >= 1000 ? `${trim(ms / 1000)} s` : `${trim(ms)} ms`
}

/** 200, 50 → "200 ± 50 ms". */
export function rangeText(ms: number, jitterMs: number): string {
  if (jitterMs === 0) return timeText(ms)
  return ms >= 1000 && jitterMs >= 1000 ? `${trim(ms / 1000)} ± ${trim(jitterMs / 1000)} s` : `${trim(ms)} ± ${trim(jitterMs)} ms`
}

export const percent = (probability: number): string => `${trim(probability * 100)} %`

export function ordinal(n: number): string {
  const teens = n % 100 >= 11 && n % 100 <= 13
  const ending = teens ? 'th' : n % 10 === 1 ? 'st' : n % 10 === 2 ? 'nd' : n % 10 === 3 ? 'rd' : 'th'
  return `${n}${ending}`
}

function list(parts: readonly string[], word: 'or' | 'and'): string {
  return parts.length <= 1 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1)}`
}

const trim = (value: number): string => String(Math.round(value * 100) / 100)
