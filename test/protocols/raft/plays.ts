/** Stories on the stage that several tests tell, with the good protocol and with broken ones. */
import type { NodeId } from '../../../protocols/core/ids.ts'
import type { Json } from '../../../protocols/core/json.ts'
import type { ProtocolDefinition } from '../../../protocols/core/machine.ts'
import type { RaftMessage } from '../../../protocols/raft/messages.ts'
import type { RaftState } from '../../../protocols/raft/state.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { Stage } from '../../support/stage.ts'

// biome-ignore lint/suspicious/noExplicitAny: options are not looked at here
export type RaftDefinition = ProtocolDefinition<RaftState, RaftMessage, any>
export type RaftStage = Stage<RaftState, RaftMessage>

/** What a server has on its disk that holds no-ops of these terms. */
export const diskOf = (...terms: readonly number[]): Json[] => [
  { term: terms.at(-1) ?? 0, vote: null },
  { from: 1, entries: terms.map((term) => ({ term, kind: 'noop' })) },
]

export const termsOf = (stage: RaftStage, node: string): number[] =>
  stage
    .state(node)
    .log.entries.map(({ term }) => term)
    .toArray()

/** Elections are those of the paper when `options` say nothing else. */
export const raftStage = (
  raft: RaftDefinition,
  nodes: number,
  more: { members?: number; options?: unknown; disks?: { [node: string]: Json[] } } = {},
): RaftStage => new Stage(raft, kv, { nodes, ...more, options: { plainElections: true, ...(more.options as object | undefined) } })

/** Lets `node` stand once more, gathers the votes of `voters`, and loses every other message. It may lead afterwards, its first entry sent to all. */
export function stand(stage: RaftStage, node: string, voters: readonly string[]): void {
  stage.timer(node, 'election')
  for (const voter of voters) stage.deliver({ from: node, to: voter, kind: 'RequestVote' })
  stage.dropAll({ kind: 'RequestVote' })
  for (const voter of voters) stage.deliver({ from: voter, to: node, kind: 'RequestVoteReply' })
}

/** Figure 8 up to and with (c): n1 leads term 4, and its entry of term 2 is on n1, n2 and n3. */
export function figure8c(raft: RaftDefinition): RaftStage {
  const stage = raftStage(raft, 5, { options: { maxEntries: 1 } })
  stand(stage, 'n1', ['n2', 'n3', 'n4', 'n5'])
  stage.settle()
  stage.timer('n1', 'heartbeat')
  stage.settle()
  stage.crash('n1')
  stage.start('n1')
  stand(stage, 'n1', ['n2', 'n3']) // (a)
  stage.deliver({ from: 'n1', to: 'n2', kind: 'AppendEntries' })
  stage.crash('n1')
  stand(stage, 'n5', []) // (b)
  stand(stage, 'n5', ['n3', 'n4'])
  stage.crash('n5')
  stage.start('n1')
  stand(stage, 'n1', [])
  stand(stage, 'n1', ['n2', 'n3']) // (c)
  stage.drop({ from: 'n1', to: 'n2' })
  stage.dropAll({ from: 'n1', to: 'n4' })
  stage.dropAll({ from: 'n1', to: 'n5' })
  stage.deliver({ from: 'n1', to: 'n3' }) // refused: n3 lacks entry 2
  stage.deliver({ from: 'n3', to: 'n1' })
  stage.deliver({ from: 'n1', to: 'n3' }) // entry 2 of term 2
  stage.deliver({ from: 'n3', to: 'n1' })
  stage.dropAll()
  stage.timer('n1', 'heartbeat') // by which n2 shows that it has entry 2
  stage.deliver({ from: 'n1', to: 'n2' })
  stage.deliver({ from: 'n2', to: 'n1' })
  stage.dropAll()
  return stage
}

/** Figure 8 (d): n1 crashes, n5 wins term 5 and overwrites the entry of term 2. */
export function figure8d(raft: RaftDefinition): RaftStage {
  const stage = figure8c(raft)
  stage.crash('n1')
  stage.start('n5')
  stand(stage, 'n5', [])
  stand(stage, 'n5', ['n2', 'n3', 'n4'])
  stage.settle()
  return stage
}

/** n1 leads term 1 of three; the session whose number is returned is open and known to all. */
export function ledByN1(raft: RaftDefinition, setup: { readonly options?: unknown } = {}): { stage: RaftStage; session: number } {
  const stage = raftStage(raft, 3, setup)
  for (const name of stage.nodes) if (stage.state(name).heardLeader) stage.timer(name, 'election') // it is long ago
  stage.timer('n1', 'election')
  stage.settle()
  const request = stage.request('n1', { kind: 'register' })
  stage.settle()
  stage.timer('n1', 'heartbeat')
  stage.settle()
  const outcome = stage.replies.get(request)
  if (outcome?.kind !== 'registered') throw new Error(`no session: ${JSON.stringify(outcome)}`)
  return { stage, session: outcome.session }
}

export const put = (session: number, seq: number, key: string, value: string) =>
  ({ kind: 'command', session, seq, firstUnacked: seq, op: { op: 'put', key, value } }) as const

export const append = (session: number, seq: number, value: string) =>
  ({ kind: 'command', session, seq, firstUnacked: seq, op: { op: 'append', key: 'x', value } }) as const

export const get = (key: string) => ({ kind: 'query', op: { op: 'get', key } }) as const

/** n1 is cut off with a client while n2 leads term 2 and x := 2 commits; then the client reads at n1. Returns the number of that read. */
export function staleLeaderRead(raft: RaftDefinition): { stage: RaftStage; read: number } {
  const { stage, session } = ledByN1(raft)
  stage.request('n1', put(session, 1, 'x', '1'))
  stage.settle()
  stage.timer('n2', 'election')
  stage.dropAll({ to: 'n1' })
  stage.settle(['n2', 'n3'])
  stage.request('n2', put(session, 2, 'x', '2'))
  stage.settle(['n2', 'n3'])
  stage.dropAll()
  const read = stage.request('n1', get('x'))
  return { stage, read }
}

export const node = (name: string): NodeId => name as NodeId
