/**
 * Membership changes: one server at a time (dissertation §4.1), and any at once by joint consensus (§6; dissertation §4.3). New voters first catch
 * up without a vote, in rounds (dissertation §4.2.1). Learners are members without a vote for good.
 */
import type { NodeId } from '../core/ids.ts'
import { isMember, isVoter, latest, setPeers } from './configuration.ts'
import type { RaftControl } from './controls.ts'
import { lastIndex, termAt } from './log.ts'
import { replicate } from './pipeline.ts'
import { confirmReads } from './reads.ts'
import { appendAsLeader } from './replication.ts'
import { type CatchUp, type Change, note, type RaftState, refuseControl, type Turn } from './state.ts'
import { becomeFollower } from './terms.ts'

export type ChangeControl = Exclude<RaftControl, { readonly name: 'transferLeadership' }>

/** Begins what was asked for, unless it cannot be. */
export function onChangeControl(turn: Turn, control: ChangeControl): void {
  const never = whyNotThis(turn, control)
  const why = never ?? whyNotNow(turn)
  if (why !== undefined) return refuseControl(turn, control.name, named(control), why, never === undefined)
  const change = changeOf(turn, control)
  turn.state.change = change
  note(turn, 'beginChange', { control: control.name, voters: change.voters, learners: change.learners })
  if (change.catchingUp.length === 0) return
  setPeers(turn)
  for (const { node } of change.catchingUp) replicate(turn, node)
}

/**
 * The one before must be committed, and an entry of this term: otherwise two leaders may each have appended a change to the same
 * configuration, whose majorities need not overlap.
 */
function whyNotNow({ state }: Turn): string | undefined {
  if (state.role !== 'leader') return 'it does not lead'
  if (state.transfer !== undefined) return `it hands over to ${state.transfer}`
  if (state.change !== undefined)
    return `${state.change.catchingUp
      .filter(({ isDone }) => !isDone)
      .map(({ node }) => node)
      .join(', ')} is still catching up`
  if (latest(state).old !== undefined || latest(state).index > state.commitIndex) return 'the last change is not committed yet'
  if (termAt(state.log, state.commitIndex) !== state.currentTerm) return 'it has committed no entry of its own term yet'
  return undefined
}

function whyNotThis({ state }: Turn, control: ChangeControl): string | undefined {
  const now = latest(state)
  const stranger = named(control).find((node) => !state.nodes.includes(node))
  if (stranger !== undefined) return `${stranger} is no node of this run`
  switch (control.name) {
    case 'addServer':
      return isVoter(now, control.server) ? `${control.server} is a voter already` : undefined
    case 'addLearner':
      return isMember(now, control.server) ? `${control.server} is a member already` : undefined
    case 'removeServer':
      if (!isMember(now, control.server)) return `${control.server} is no member`
      return now.voters.length === 1 && isVoter(now, control.server) ? `${control.server} is the last voter` : undefined
    case 'changeMembers': {
      const isSame = control.servers.length === now.voters.length && now.voters.every((node) => control.servers.includes(node))
      return isSame ? 'they are the voters already' : undefined
    }
    default:
      return control satisfies never
  }
}

/** What the configuration is to become, in the order of all nodes, and who must catch up before. */
function changeOf({ state, nowMs }: Turn, control: ChangeControl): Change {
  const now = latest(state)
  const ordered = (wanted: (node: NodeId) => boolean): readonly NodeId[] => state.nodes.filter(wanted)
  const voters =
    control.name === 'changeMembers'
      ? ordered((node) => control.servers.includes(node))
      : ordered((node) => (node === control.server ? control.name === 'addServer' : now.voters.includes(node)))
  const learners = ordered((node) => {
    if (voters.includes(node)) return false
    return (control.name === 'addLearner' && node === control.server) || (now.learners.includes(node) && !isNamed(control, node))
  })
  const catchingUp = voters
    .filter((node) => !now.voters.includes(node) && node !== state.id)
    .map((node): CatchUp => ({ node, round: 1, goal: lastIndex(state.log), beganMs: nowMs, isDone: false }))
  return { isJoint: control.name === 'changeMembers', voters, learners, catchingUp }
}

const named = (control: ChangeControl): readonly NodeId[] => (control.name === 'changeMembers' ? control.servers : [control.server])

const isNamed = (control: ChangeControl, node: NodeId): boolean => control.name === 'removeServer' && control.server === node

/** After every step of a leader: what of a change is due. `before`: the configurations before the step. */
export function settleMembership(turn: Turn, before: RaftState['configurations']): void {
  const { state } = turn
  if (state.role !== 'leader') return
  if (state.change !== undefined) proceed(turn, state.change)
  const now = latest(state)
  // The joint configuration is committed: the new one alone decides from here on.
  if (now.index <= state.commitIndex && now.old !== undefined)
    appendAsLeader(turn, { term: state.currentTerm, kind: 'config', voters: now.voters, learners: now.learners })
  else if (now.index <= state.commitIndex && !isVoter(now, state.id)) return resign(turn)
  // Who decides now may have acknowledged everything already.
  if (state.configurations !== before) confirmReads(turn)
}

/** It led until the configuration without it was committed, and did not count itself (dissertation §4.2.2). */
function resign(turn: Turn): void {
  note(turn, 'resign', { term: turn.state.currentTerm })
  becomeFollower(turn, turn.state.currentTerm)
}

/** Rounds of catching up: each ends with what the leader had when it began. One that is shorter than an election timeout was the last (dissertation §4.2.1). */
function proceed(turn: Turn, change: Change): void {
  const { state, nowMs } = turn
  const { electionMsMin, electionMsMax, catchUpRounds } = state.options
  const catchingUp: CatchUp[] = []
  for (const each of change.catchingUp) {
    const { node, round, goal, beganMs, isDone } = each
    if (isDone) {
      catchingUp.push(each)
      continue
    }
    const tookMs = nowMs - beganMs
    if ((state.progress[node]?.matchIndex ?? 0) < goal) {
      if (tookMs > catchUpRounds * electionMsMax) return abandon(turn, change, `${node} does not get on`)
      catchingUp.push(each)
    } else if (tookMs < electionMsMin) {
      note(turn, 'catchUp', { server: node, round })
      catchingUp.push({ ...each, isDone: true })
    } else if (round === catchUpRounds) return abandon(turn, change, `${node} is too slow`)
    else catchingUp.push({ node, round: round + 1, goal: lastIndex(state.log), beganMs: nowMs, isDone: false })
  }
  if (catchingUp.every(({ isDone }) => isDone)) return append(turn, change)
  if (catchingUp.some((each, i) => each !== change.catchingUp[i])) state.change = { ...change, catchingUp }
}

function append(turn: Turn, { isJoint, voters, learners }: Change): void {
  const { state } = turn
  state.change = undefined
  const old = isJoint ? { old: latest(state).voters } : {}
  appendAsLeader(turn, { term: state.currentTerm, kind: 'config', voters, ...old, learners })
}

function abandon(turn: Turn, { catchingUp }: Change, why: string): void {
  note(turn, 'abandonChange', { about: catchingUp.map(({ node }) => node), why })
  turn.state.change = undefined
  setPeers(turn)
}
