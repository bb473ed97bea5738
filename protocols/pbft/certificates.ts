/**
 * Proofs made of signed messages, judged by nothing but themselves: why one does not hold, or undefined when it does (§4.3,
 * §4.4). A certificate counts different replicas, never messages.
 */
import type { NodeId } from '../core/ids.ts'
import type { Checkpoint, Commit, Prepared, ViewChange } from './messages.ts'
import { type Cluster, primaryOf, quorum } from './quorums.ts'
import { isSignedBy } from './signing.ts'

const areDifferent = (replicas: readonly NodeId[]): boolean => new Set(replicas).size === replicas.length

/** 2f + 1 Checkpoints of different replicas with this number and one digest; none are needed for number 0, where all begin. */
export function wrongProof(cluster: Cluster, n: number, proof: readonly Checkpoint[]): string | undefined {
  if (n === 0) return proof.length === 0 ? undefined : 'it proves number 0, which needs no proof'
  if (proof.length < quorum(cluster)) return `${proof.length} Checkpoints are fewer than ${quorum(cluster)}`
  if (!areDifferent(proof.map(({ i }) => i))) return 'two of its Checkpoints are of one replica'
  const d = proof[0]?.d
  for (const checkpoint of proof) {
    if (checkpoint.n !== n || checkpoint.d !== d) return `the Checkpoint of ${checkpoint.i} is for another number or digest`
    if (!cluster.nodes.includes(checkpoint.i)) return `${checkpoint.i} is no replica`
    if (!isSignedBy(checkpoint.i, checkpoint)) return `the Checkpoint of ${checkpoint.i} is not signed by it`
  }
  return undefined
}

/** A PrePrepare of the view's primary, and 2f matching Prepares of different backups. */
export function wrongPrepared(cluster: Cluster, { prePrepare, prepares }: Prepared): string | undefined {
  const { v, n, d } = prePrepare
  const primary = primaryOf(cluster, v)
  if (!isSignedBy(primary, prePrepare)) return `the PrePrepare of ${n} in view ${v} is not signed by its primary ${primary}`
  if (prepares.length < quorum(cluster) - 1) return `${prepares.length} Prepares of ${n} are fewer than ${quorum(cluster) - 1}`
  if (!areDifferent(prepares.map(({ i }) => i))) return `two of the Prepares of ${n} are of one replica`
  for (const prepare of prepares) {
    if (prepare.v !== v || prepare.n !== n || prepare.d !== d) return `a Prepare of ${prepare.i} is for another view, number or digest`
    if (prepare.i === primary) return `a Prepare of ${n} is of the primary of its view`
    if (!cluster.nodes.includes(prepare.i)) return `${prepare.i} is no replica`
    if (!isSignedBy(prepare.i, prepare)) return `the Prepare of ${prepare.i} is not signed by it`
  }
  return undefined
}

/** 2f + 1 Commits of different replicas for one view, number and digest. */
export function wrongCommits(cluster: Cluster, n: number, commits: readonly Commit[]): string | undefined {
  if (commits.length < quorum(cluster)) return `${commits.length} Commits are fewer than ${quorum(cluster)}`
  if (!areDifferent(commits.map(({ i }) => i))) return 'two of its Commits are of one replica'
  const [first] = commits
  for (const commit of commits) {
    if (commit.n !== n || commit.v !== first?.v || commit.d !== first.d)
      return `the Commit of ${commit.i} is for another view, number or digest`
    if (!cluster.nodes.includes(commit.i)) return `${commit.i} is no replica`
    if (!isSignedBy(commit.i, commit)) return `the Commit of ${commit.i} is not signed by it`
  }
  return undefined
}

/** §4.4: signed, its checkpoint proved, and every element of P prepared in an earlier view, within the water marks. */
export function wrongViewChange(cluster: Cluster, m: ViewChange): string | undefined {
  if (!cluster.nodes.includes(m.i)) return `${m.i} is no replica`
  if (!isSignedBy(m.i, m)) return `it is not signed by ${m.i}`
  const proof = wrongProof(cluster, m.n, m.C)
  if (proof !== undefined) return `its checkpoint ${m.n} is not proved: ${proof}`
  const numbers = new Set<number>()
  for (const prepared of m.P) {
    const { v, n } = prepared.prePrepare
    if (v >= m.v) return `${n} was prepared in view ${v}, which is not before view ${m.v}`
    if (n <= m.n || n > m.n + cluster.options.window) return `${n} lies outside the water marks of checkpoint ${m.n}`
    if (numbers.has(n)) return `${n} stands in P twice`
    numbers.add(n)
    const why = wrongPrepared(cluster, prepared)
    if (why !== undefined) return why
  }
  return undefined
}
