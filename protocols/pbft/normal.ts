/** The normal case (§4.2): a request gets a number from the primary, is prepared, and is committed. */
import type { NodeId } from '../core/ids.ts'
import { execute } from './execute.ts'
import type { Batch, Commit, MessageOf, PrePrepare, Prepare, Proposal, SignedRequest } from './messages.ts'
import { highMark, isInWindow, isPrimary, primaryOf, quorum } from './quorums.ts'
import { answer } from './replies.ts'
import { digestOfBatch, isSignedBy, isSignedByClient, NULL_DIGEST, signed } from './signing.ts'
import { changeSlot, multicast, note, type PbftState, refuse, send, slotAt, type Turn } from './state.ts'

/** A client asks, or a backup hands on what a client asked. What was executed is answered again (§4.1). */
export function onRequest(turn: Turn, request: SignedRequest, from: NodeId | undefined): void {
  const { state } = turn
  const { client, timestamp } = request
  if (!isSignedByClient(request)) return refuse(turn, from ?? client, 'Request', `request ${timestamp} is not signed by ${client}`)
  const last = state.replies.get(client)
  if (last && timestamp <= last.timestamp) {
    if (timestamp === last.timestamp) answer(turn, timestamp, last.result)
    return
  }
  addPending(turn, request)
  if (from === undefined && state.active) send(turn, primaryOf(state, state.view), { kind: 'Request', request })
}

/** One request a client: it asks nothing new before it has an answer, or has given up. */
function addPending({ state }: Turn, request: SignedRequest): void {
  const known = state.pending.get(request.client)
  if (known && known.timestamp >= request.timestamp) return
  state.pending = (known ? state.pending.delete(request.client) : state.pending).set(request.client, request)
}

/** The primary gives waiting requests the next numbers, several to one, as long as few numbers are under way (batching, TOCS §6.2). */
export function propose(turn: Turn): void {
  const { state } = turn
  if (!state.active || !isPrimary(state) || state.pending.isEmpty()) return
  const { maxBatch, maxInFlight } = state.options
  while (state.lastProposed < highMark(state) && state.lastProposed - state.lastExecuted < maxInFlight) {
    const batch: SignedRequest[] = []
    for (const request of state.pending.values()) {
      if (request.timestamp <= (state.proposed.get(request.client) ?? 0)) continue
      batch.push(request)
      if (batch.length === maxBatch) break
    }
    if (batch.length === 0) return
    for (const { client, timestamp } of batch) state.proposed = state.proposed.set(client, timestamp)
    state.lastProposed += 1
    const n = state.lastProposed
    const prePrepare = signed<PrePrepare>(state.id, { kind: 'PrePrepare', v: state.view, n, d: digestOfBatch(batch) })
    note(turn, 'propose', { view: state.view, n, requests: batch.length })
    multicast(turn, { ...prePrepare, batch })
    keepBatch(turn, prePrepare.d, batch)
    changeSlot(turn, n, { prePrepare })
    checkPrepared(turn, n)
  }
}

export function keepBatch({ state }: Turn, d: string, batch: Batch): void {
  if (!state.batches.has(d)) state.batches = state.batches.set(d, batch)
}

/** A backup accepts a number for these requests unless it accepted others for it in this view (§4.2). */
export function onPrePrepare(turn: Turn, from: NodeId, { batch, ...prePrepare }: Proposal): void {
  const { state } = turn
  const { v, n, d } = prePrepare
  if (v !== state.view || !state.active || isPrimary(state)) return
  const why = wrongPrePrepare(state, prePrepare, batch)
  if (why !== undefined) return refuse(turn, from, 'PrePrepare', why)
  keepBatch(turn, d, batch)
  for (const request of batch) {
    const last = state.replies.get(request.client)
    if (!last || request.timestamp > last.timestamp) addPending(turn, request)
  }
  if (slotAt(state, n).prePrepare) return checkPrepared(turn, n)
  accept(turn, prePrepare)
}

function wrongPrePrepare(state: PbftState, prePrepare: PrePrepare, batch: Batch): string | undefined {
  const { v, n, d } = prePrepare
  const primary = primaryOf(state, v)
  if (!isSignedBy(primary, prePrepare)) return `it is not signed by ${primary}, the primary of view ${v}`
  if (!isInWindow(state, n)) return `number ${n} lies outside the water marks ${state.stable.n} and ${highMark(state)}`
  if (batch.length === 0) return `number ${n} comes without requests`
  if (digestOfBatch(batch) !== d) return `the requests of number ${n} have another digest`
  const accepted = slotAt(state, n).prePrepare
  if (accepted && accepted.d !== d) return `other requests were accepted for number ${n} in view ${v}`
  const forged = batch.find((request) => !isSignedByClient(request))
  return forged && `request ${forged.timestamp} is not signed by ${forged.client}`
}

/** Logs a PrePrepare of the present view and agrees to it. Those of a NewView come here, too. */
export function accept(turn: Turn, prePrepare: PrePrepare): void {
  const { state } = turn
  const { v, n, d } = prePrepare
  const { prepares } = changeSlot(turn, n, { prePrepare })
  if (!isPrimary(state)) {
    const prepare = signed<Prepare>(state.id, { kind: 'Prepare', v, n, d, i: state.id })
    changeSlot(turn, n, { prepares: { ...prepares, [state.id]: prepare } })
    multicast(turn, prepare)
  }
  checkPrepared(turn, n)
}

export function onPrepare(turn: Turn, from: NodeId, m: Prepare): void {
  const { state } = turn
  if (m.v < state.view) return
  const { prepares } = slotAt(state, m.n)
  if ((prepares[m.i]?.v ?? -1) >= m.v) return // one a replica and view, whatever it says later
  const why =
    wrongVote(state, m) ?? (m.i === primaryOf(state, m.v) ? `${m.i} is the primary of view ${m.v}, and only backups prepare` : undefined)
  if (why !== undefined) return refuse(turn, from, 'Prepare', why)
  changeSlot(turn, m.n, { prepares: { ...prepares, [m.i]: m } })
  checkPrepared(turn, m.n)
}

export function onCommit(turn: Turn, from: NodeId, m: Commit): void {
  const { state } = turn
  if (m.v < state.view) return
  const { commits } = slotAt(state, m.n)
  if ((commits[m.i]?.v ?? -1) >= m.v) return
  const why = wrongVote(state, m)
  if (why !== undefined) return refuse(turn, from, 'Commit', why)
  changeSlot(turn, m.n, { commits: { ...commits, [m.i]: m } })
  checkCommitted(turn, m.n)
}

function wrongVote(state: PbftState, m: Prepare | Commit): string | undefined {
  if (!state.nodes.includes(m.i)) return `${m.i} is no replica`
  if (!isInWindow(state, m.n)) return `number ${m.n} lies outside the water marks ${state.stable.n} and ${highMark(state)}`
  return isSignedBy(m.i, m) ? undefined : `it is not signed by ${m.i}`
}

/** prepared(m, v, n, i): the requests, the PrePrepare and 2f matching Prepares of different backups (§4.2). Then it commits itself. */
export function checkPrepared(turn: Turn, n: number): void {
  const { state } = turn
  const { prePrepare, prepares, prepared, commits } = slotAt(state, n)
  if (!prePrepare || !state.active || prepared?.prePrepare.v === prePrepare.v) return
  const { v, d } = prePrepare
  if (d !== NULL_DIGEST && !state.batches.has(d)) return
  const primary = primaryOf(state, v)
  const matching = state.nodes.flatMap((node) => {
    const prepare = prepares[node]
    return prepare && node !== primary && prepare.v === v && prepare.d === d ? [prepare] : []
  })
  const needed = quorum(state) - 1
  if (matching.length < needed) return
  const commit = signed<Commit>(state.id, { kind: 'Commit', v, n, d, i: state.id })
  changeSlot(turn, n, { prepared: { prePrepare, prepares: matching.slice(0, needed) }, commits: { ...commits, [state.id]: commit } })
  note(turn, 'prepared', { view: v, n, d })
  multicast(turn, commit)
  checkCommitted(turn, n)
}

/** committed-local(m, v, n, i): prepared, and 2f + 1 matching Commits of different replicas (§4.2). */
export function checkCommitted(turn: Turn, n: number): void {
  const { state } = turn
  const { prepared, commits, committed } = slotAt(state, n)
  if (!prepared || committed || !state.active || prepared.prePrepare.v !== state.view) return
  const { v, d } = prepared.prePrepare
  const matching = state.nodes.flatMap((node) => {
    const commit = commits[node]
    return commit && commit.v === v && commit.d === d ? [commit] : []
  })
  if (matching.length < quorum(state)) return
  changeSlot(turn, n, { committed: matching.slice(0, quorum(state)) })
  note(turn, 'committed', { view: v, n, d })
  execute(turn)
}

/** Requests behind a digest, which the digest proves (§4.4). */
export function onBatch(turn: Turn, from: NodeId, { batch }: MessageOf<'Batch'>): void {
  const { state } = turn
  const d = digestOfBatch(batch)
  const wanted = state.slots.filter(({ prePrepare }) => prePrepare?.d === d)
  if (state.batches.has(d)) return
  if (wanted.isEmpty()) return refuse(turn, from, 'Batch', 'nobody asked for these requests')
  keepBatch(turn, d, batch)
  for (const n of [...wanted.keys()].sort((a, b) => a - b)) checkPrepared(turn, n)
}
