/**
 * What PBFT promises (§4.5.1 and the proof in the technical report MIT-LCS-TM-590), judged by an observer who sees every step of
 * every honest replica; liars are not shown to it. The judges read states and notes, count for themselves, and share no rule
 * with the code that they judge.
 */
import type { NodeId } from '../core/ids.ts'
import type { Invariant, Judge, JudgedStep } from '../core/invariant.ts'
import { canonical, type Json } from '../core/json.ts'
import { requestText, verify } from '../core/signature.ts'
import { NumberTable } from './ledger.ts'
import type { Batch, NewView, PbftMessage } from './messages.ts'
import type { PbftState, Slot } from './state.ts'
import { TakenBack } from './takenBack.ts'
import { short } from './words.ts'

type PbftJudge = Judge<PbftState, PbftMessage>
type PbftJudgedStep = JudgedStep<PbftState, PbftMessage>

interface CommittedAt {
  readonly n: number
  readonly d: string
}

/** Numbers that a replica committed or learned to be committed in this step, also where a checkpoint has swept them away again. */
function* committedIn({ before, after, effects }: PbftJudgedStep): Iterable<CommittedAt> {
  for (const effect of effects) {
    if (effect.kind === 'note' && (effect.note === 'committed' || effect.note === 'learnCommitted')) {
      yield { n: effect.data.n as number, d: effect.data.d as string }
    }
  }
  for (const [n, { committed }, old] of changedSlots(before, after)) {
    const d = committed?.[0]?.d
    if (d !== undefined && committed !== old?.committed) yield { n, d }
  }
}

type Changed = readonly (readonly [n: number, slot: Slot, old: Slot | undefined])[]

/** Of the states that steps led to: several judges ask for the same one after the other. */
const changedSince = new WeakMap<PbftState, { readonly before: PbftState | undefined; readonly changed: Changed }>()

function changedSlots(before: PbftState | undefined, after: PbftState): Changed {
  if (before?.slots === after.slots) return []
  const known = changedSince.get(after)
  if (known && known.before === before) return known.changed
  const changed: (readonly [n: number, slot: Slot, old: Slot | undefined])[] = []
  for (const [n, slot] of after.slots) {
    const old = before?.slots.get(n)
    if (slot !== old) changed.push([n, slot, old])
  }
  changedSince.set(after, { before, changed })
  return changed
}

function agreement(): PbftJudge {
  const committed = new NumberTable<string>()
  const takenBack = new TakenBack('committed')
  return {
    judge(step) {
      committed.takeBack(step.node, takenBack.see(step))
      for (const { n, d } of committedIn(step)) {
        const other = committed.enter(n, '', d, step.node)
        if (other && other.value !== d)
          return `${step.node} committed ${short(d)} at number ${n}, where ${other.node} committed ${short(other.value)}.`
      }
      return undefined
    },
  }
}

function preparedUniqueness(): PbftJudge {
  const prepared = new NumberTable<string>()
  const takenBack = new TakenBack('prepared')
  return {
    judge(step) {
      const { node, before, after } = step
      prepared.takeBack(node, takenBack.see(step))
      for (const [n, slot, old] of changedSlots(before, after)) {
        if (!slot.prepared || slot.prepared === old?.prepared) continue
        const { v, d } = slot.prepared.prePrepare
        const other = prepared.enter(n, `${v}`, d, node)
        if (other && other.value !== d)
          return `${node} prepared ${short(d)} at number ${n} of view ${v}, where ${other.node} prepared ${short(other.value)}.`
      }
      return undefined
    },
  }
}

/** Every request that is executed carries its client's signature. */
function validity(): PbftJudge {
  return {
    judge({ node, input, before, after, effects }) {
      for (const effect of effects) {
        if (effect.kind !== 'note' || effect.note !== 'execute' || effect.data.requests === 0) continue
        const { n, d } = effect.data as { readonly n: number; readonly d: string }
        const given: Batch | undefined = input.kind === 'message' && 'batch' in input.message ? input.message.batch : undefined
        const batch = after.batches.get(d) ?? before?.batches.get(d) ?? given
        for (const { client, timestamp, op, signature } of batch ?? []) {
          if (!verify(client, requestText(client, timestamp, op), signature)) {
            return `${node} executed at number ${n} a request ${timestamp} that ${client} did not sign.`
          }
        }
      }
      return undefined
    },
  }
}

/** Checkpoints are taken by executing; two honest replicas that executed the same have the same state. */
function sameState(): PbftJudge {
  const states = new NumberTable<string>()
  return {
    judge({ node, before, after }) {
      if (before?.checkpoints === after.checkpoints) return undefined
      for (const [n, { d }] of after.checkpoints) {
        if (before?.checkpoints.get(n)?.d === d) continue
        const other = states.enter(n, '', d, node)
        if (other && other.value !== d)
          return `${node} has at number ${n} the state ${short(d)}, and ${other.node} had ${short(other.value)}.`
      }
      return undefined
    },
  }
}

/** Counts the proof anew: signatures, different replicas, one number and one digest. */
function checkpointProof(): PbftJudge {
  return {
    judge({ node, before, after }) {
      const { stable, nodes, options } = after
      if (stable === before?.stable || stable.n === 0) return undefined
      const good = stable.proof.filter(
        ({ n, d, i, signature }) =>
          n === stable.n && d === stable.d && nodes.includes(i) && verify(i, `Checkpoint ${n} ${d} ${i}`, signature),
      )
      const signers = new Set(good.map(({ i }) => i)).size
      const needed = quorumOf(nodes, options.f || Math.floor((nodes.length - 1) / 3))
      return signers >= needed
        ? undefined
        : `${node} takes checkpoint ${stable.n} for stable, which ${signers} replicas signed, not ${needed}.`
    },
  }
}

const quorumOf = (nodes: readonly NodeId[], f: number): number => Math.ceil((nodes.length + f + 1) / 2)

function waterMarks(): PbftJudge {
  return {
    judge({ node, before, after }) {
      const { slots, stable, options } = after
      if (slots === before?.slots && stable === before.stable) return undefined
      for (const n of slots.keys()) {
        if (n <= stable.n || n > stable.n + options.window)
          return `${node} keeps number ${n}, outside its water marks ${stable.n} and ${stable.n + options.window}.`
      }
      return undefined
    },
  }
}

/** Views whose beginning is remembered: a commit of an older view is never seen later than that. */
const VIEWS_KEPT = 50

/** A number that was committed in a view is in every later NewView, with its digest, or below its checkpoint. */
function newViewCompleteness(): PbftJudge {
  const committed = new NumberTable<{ readonly d: string; readonly v: number }>()
  const takenBack = new TakenBack('committed')
  const begun = new Map<number, { readonly newView: NewView; readonly node: NodeId }>()
  const wrong = ({ v, V, O }: NewView, by: NodeId, n: number, at: { readonly d: string; readonly v: number }): string | undefined => {
    if (at.v >= v || V.some((viewChange) => viewChange.n >= n)) return undefined
    const d = O.find((prePrepare) => prePrepare.n === n)?.d
    return d === at.d
      ? undefined
      : `${by} began view ${v} with ${d === undefined ? 'nothing' : short(d)} at number ${n}, where ${short(at.d)} was committed in view ${at.v}.`
  }
  return {
    judge(step) {
      const { node, before, after, effects } = step
      committed.takeBack(node, takenBack.see(step))
      for (const effect of effects) {
        if (effect.kind !== 'note' || effect.note !== 'committed') continue
        const { n, d, view } = effect.data as { readonly n: number; readonly d: string; readonly view: number }
        const at = { d, v: view }
        if (committed.enter(n, '', at, node)) continue
        for (const { newView, node: by } of begun.values()) {
          const why = wrong(newView, by, n, at)
          if (why !== undefined) return why
        }
      }
      const { newView } = after
      if (!newView || newView === before?.newView || begun.has(newView.v)) return undefined
      begun.set(newView.v, { newView, node })
      if (begun.size > VIEWS_KEPT) begun.delete(Math.min(...begun.keys()))
      for (const n of committed.numbersAbove(Math.max(...newView.V.map((viewChange) => viewChange.n)))) {
        const at = committed.row(n).get('')?.value
        const why = at && wrong(newView, node, n, at)
        if (why !== undefined) return why
      }
      return undefined
    },
  }
}

/** Askings that are remembered. */
const ASKINGS_KEPT = 20_000

/** f + 1 equal replies hold one of an honest replica: so it is enough that honest replicas never reply differently. */
function equalReplies(): PbftJudge {
  const results = new Map<number, { readonly text: string; readonly node: NodeId }>()
  return {
    judge({ node, effects }) {
      for (const effect of effects) {
        if (effect.kind !== 'reply' || effect.outcome.kind !== 'ok') continue
        const text = canonical(effect.outcome.result as Json)
        const other = results.get(effect.id)
        if (other && other.text !== text)
          return `${node} replies ${text} to request ${effect.id}, where ${other.node} replied ${other.text}.`
        if (other) continue
        results.set(effect.id, { text, node })
        if (results.size > ASKINGS_KEPT) results.delete(results.keys().next().value as number)
      }
      return undefined
    },
  }
}

export const invariants: readonly Invariant<PbftState, PbftMessage>[] = [
  {
    name: 'Agreement',
    statement: 'No two honest replicas commit different requests with one sequence number, in whatever views.',
    source: 'PBFT §4.5.1',
    judge: agreement,
  },
  {
    name: 'Validity',
    statement: 'What is executed was asked for by the client that signed it.',
    source: 'PBFT §3, §4.1',
    judge: validity,
  },
  {
    name: 'Prepared Uniqueness',
    statement: 'No two honest replicas prepare different requests with one sequence number in one view.',
    source: 'PBFT §4.2, §4.5.1',
    judge: preparedUniqueness,
  },
  {
    name: 'New View Completeness',
    statement: 'A number that was committed is in every NewView of a later view with the same requests, or below its checkpoint.',
    source: 'PBFT §4.4, §4.5.1',
    judge: newViewCompleteness,
  },
  {
    name: 'Same State',
    statement: 'Honest replicas that executed up to the same number have the same state.',
    source: 'PBFT §3, §4.3',
    judge: sameState,
  },
  {
    name: 'Checkpoint Proof',
    statement: 'A stable checkpoint has Checkpoints of 2f + 1 different replicas with its digest.',
    source: 'PBFT §4.3',
    judge: checkpointProof,
  },
  {
    name: 'Water Marks',
    statement: 'Nothing is accepted outside the water marks: above the last stable checkpoint, at most k beyond it.',
    source: 'PBFT §4.2, §4.3',
    judge: waterMarks,
  },
  {
    name: 'Equal Replies',
    statement: 'Honest replicas reply the same to one request, so that what f + 1 say is what was executed.',
    source: 'PBFT §4.1',
    judge: equalReplies,
  },
]
