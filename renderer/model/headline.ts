/** What is going on in a run, in a sentence: who leads, what is broken. The title bar of the window. */
import type { Foreign } from '../../main/contract/exchange.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { Observation } from '../../protocols/core/machine.ts'
import { counted } from '../../protocols/core/wording.ts'
import type { Speech } from '../../protocols/words/speech.ts'
import { foreignText } from './foreign.ts'
import type { Snapshot } from './snapshot.ts'

export interface Headline {
  /** Who leads, or that nobody does. */
  readonly lead: string
  /** Undefined where nobody leads for long, too. */
  readonly leader: NodeId | undefined
  /** What is out of order: "n2 is down", "2 faults". Empty when all is well. */
  readonly broken: readonly string[]
}

type Words = Pick<Speech, 'epochName' | 'leads' | 'role' | 'called'>
type Standing = (shown: ReadonlyMap<NodeId, Observation>) => string

/** `foreign`: what is told of a run that happened elsewhere. `standing`: what a protocol says of itself in which nobody leads for long. */
export function headline(moment: Snapshot | undefined, words: Words, foreign?: Foreign, standing?: Standing): Headline {
  if (!moment) return { lead: '', leader: undefined, broken: [] }
  if (foreign) return { lead: foreignText(foreign), leader: undefined, broken: [] }
  const nodes = [...moment.nodes].filter(([, { status }]) => status !== 'empty')
  const leaders = nodes.filter(([, node]) => node.status !== 'down' && node.observation?.role === 'leader')
  leaders.sort(([, a], [, b]) => (b.observation?.epoch ?? 0) - (a.observation?.epoch ?? 0))
  const [first, second] = leaders
  const broken: string[] = []
  const named = (status: string) => nodes.filter(([, node]) => node.status === status).map(([id]) => id)
  const [down, paused] = [named('down'), named('paused')]
  if (down.length > 0) broken.push(`${list(down)} ${down.length === 1 ? 'is' : 'are'} down`)
  if (paused.length > 0) broken.push(`${list(paused)} ${paused.length === 1 ? 'is' : 'are'} paused`)
  const askew = nodes.filter(([, { clock }]) => clock).map(([id]) => id)
  const slow = nodes.filter(([, { syncMs }]) => syncMs).map(([id]) => id)
  if (askew.length > 0) broken.push(askew.length === 1 ? `the clock of ${askew[0]} is wrong` : `the clocks of ${list(askew)} are wrong`)
  if (slow.length > 0) broken.push(slow.length === 1 ? `the disk of ${slow[0]} is slow` : `the disks of ${list(slow)} are slow`)
  if (moment.faults.size > 0) broken.push(counted(moment.faults.size, 'fault'))
  return { lead: lead(), leader: standing ? undefined : first?.[0], broken }

  function lead(): string {
    const leads = ([, { observation }]: (typeof leaders)[number]) => words.leads(observation?.epoch ?? 0)
    const shown = nodes.flatMap(([id, { status, observation }]) => (status === 'up' && observation ? [[id, observation] as const] : []))
    if (standing && shown.length > 0) return standing(new Map(shown))
    if (first && second) return `${first[0]} ${leads(first)}; ${second[0]} still believes it ${leads(second)}`
    if (first) return `${first[0]} ${leads(first)}`
    if (nodes.every(([, node]) => node.status === 'starting')) return 'Nodes are starting'
    if (nodes.every(([, node]) => node.status === 'down')) return 'Every node is down'
    const candidates = shown.filter(([, { role }]) => role === 'candidate')
    const names = new Set(candidates.map(([, seen]) => words.called(seen)))
    const groups = [...names].map((name) =>
      candidacy(
        name,
        candidates.filter(([, seen]) => words.called(seen) === name),
      ),
    )
    return ['Nobody leads', ...groups].join('; ')
  }

  function candidacy(name: string, candidates: readonly (readonly [NodeId, Observation])[]): string {
    const isOne = candidates.length === 1
    const who = list(candidates.map(([id]) => id))
    const epoch = `${words.epochName} ${Math.max(...candidates.map(([, seen]) => seen.epoch))}`
    if (name === words.role('candidate')) return `${who} ${isOne ? 'stands' : 'stand'} for ${epoch}`
    return `${who} ${isOne ? `is a ${name}` : `are ${name}s`} in ${epoch}`
  }
}

function list(names: readonly string[]): string {
  return names.length <= 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
