/**
 * Who decides (§6; dissertation §4): the configuration that a server uses is the latest in its log, committed or not, and the
 * majorities that elect, commit and confirm are asked of it here. A joint one asks two majorities, each apart.
 */
import type { NodeId } from '../core/ids.ts'
import { isMajority, majority } from '../core/quorum.ts'
import { type ConfigEntry, type Configuration, type Entry, type Log, lastIndex } from './log.ts'
import type { RaftState, Turn } from './state.ts'
import { note } from './state.ts'

export const latest = ({ configurations }: Pick<RaftState, 'configurations'>): Configuration =>
  configurations[configurations.length - 1] as Configuration

/** Do a majority of the voters have what is asked of each; of a joint configuration, of the old ones and of the new ones? */
export function hasQuorum(state: RaftState, has: (node: NodeId) => boolean): boolean {
  const { voters, old } = latest(state)
  return isHeldBy(voters, has) && (old === undefined || isHeldBy(old, has))
}

function isHeldBy(voters: readonly NodeId[], has: (node: NodeId) => boolean): boolean {
  let count = 0
  for (const node of voters) if (has(node)) count++
  return isMajority(count, voters.length)
}

/** The highest index that a quorum has; of a joint configuration the smaller of the two. */
export function heldByQuorum(state: RaftState, held: (node: NodeId) => number): number {
  const { voters, old } = latest(state)
  const byNew = heldByMajority(voters, held)
  return old === undefined ? byNew : Math.min(byNew, heldByMajority(old, held))
}

const heldByMajority = (voters: readonly NodeId[], held: (node: NodeId) => number): number =>
  voters.map(held).sort((a, b) => b - a)[majority(voters.length) - 1] as number

export const isVoter = ({ voters, old }: Configuration, node: NodeId): boolean => voters.includes(node) || (old?.includes(node) ?? false)

export const isMember = (configuration: Configuration, node: NodeId): boolean =>
  isVoter(configuration, node) || configuration.learners.includes(node)

/** No other vote is needed to commit. */
export const isAlone = (state: RaftState): boolean => {
  const { voters, old } = latest(state)
  return old === undefined && voters.length === 1 && voters[0] === state.id
}

/**
 * Must a leader hear from its own disk before it counts itself? When it writes in parallel (parallel.ts); and where nobody else has a vote any more: its
 * entries commit by itself alone, and others may know the ones before.
 */
export const waitsForDisk = (state: RaftState): boolean => state.options.writeInParallel || (state.nodes.length > 1 && isAlone(state))

/**
 * May it stand? A voter may. So may one that its latest configuration leaves out as long as it does not know that to be committed: nobody
 * else may have the entry, and it is needed until somebody has (dissertation §4.2.2). Who was never in, or surely is out, disturbs nobody.
 */
export function mayStand(state: RaftState): boolean {
  const { id, configurations, commitIndex } = state
  const now = latest(state)
  if (isVoter(now, id)) return true
  const before = configurations[configurations.length - 2]
  return now.index > commitIndex && before !== undefined && isVoter(before, id)
}

const configurationOf = (index: number, { voters, old, learners }: ConfigEntry): Configuration => ({
  index,
  voters,
  ...(old === undefined ? {} : { old }),
  learners,
})

/** The log from `from` on is now `entries`: configurations in it count as soon as they are there, and not any more when they are deleted (§6). */
export function followLog(turn: Turn, from: number, entries: readonly Entry[]): void {
  const { state } = turn
  let configurations = state.configurations
  if (latest(state).index >= from) {
    configurations = configurations.filter(({ index }) => index < from)
    note(turn, 'rollBackConfiguration', { from: latest(state).index, to: (configurations.at(-1) as Configuration).index })
  }
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as Entry
    if (entry.kind !== 'config') continue
    const configuration = configurationOf(from + i, entry)
    configurations = [...configurations, configuration]
    note(turn, 'useConfiguration', { ...configuration })
  }
  if (configurations !== state.configurations) setConfigurations(turn, configurations)
}

/** The first, and those in the log behind it. */
export function configurationsIn(first: Configuration, log: Log): readonly Configuration[] {
  const found = [first]
  let index = log.baseIndex
  log.entries.forEach((entry) => {
    index++
    if (entry.kind === 'config' && index > first.index) found.push(configurationOf(index, entry))
  })
  return found
}

export function setConfigurations(turn: Turn, configurations: readonly Configuration[]): void {
  turn.state.configurations = configurations
  setPeers(turn)
}

/** To whom a server speaks as a leader, in the order of all nodes. */
export function peersOf({
  id,
  nodes,
  configurations,
  change,
}: Pick<RaftState, 'id' | 'nodes' | 'configurations' | 'change'>): readonly NodeId[] {
  const now = latest({ configurations })
  return nodes.filter((node) => node !== id && (isMember(now, node) || change?.catchingUp.some((each) => each.node === node)))
}

/** A leader begins to speak to who is new, with the entry at `nextIndex`, and speaks no more to who is out. */
export function setPeers({ state }: Turn, nextIndex = Math.max(1, lastIndex(state.log))): void {
  state.peers = peersOf(state)
  if (state.role !== 'leader') return
  state.progress = Object.fromEntries(
    state.peers.map((peer) => [
      peer,
      state.progress[peer] ?? { nextIndex, matchIndex: 0, mode: 'probe', offset: 0, inflight: [], readCtx: 0, isHeard: false },
    ]),
  )
}
