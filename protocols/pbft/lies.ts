/**
 * How a PBFT replica can lie, beyond what any node can (silence, repetition, floods, corrupt signatures). Of 3f + 1 replicas f may
 * do all of this at once and nothing breaks; f + 1 that equivocate together fork it (`two-liars` in scenarios.ts). A liar signs
 * with its own key alone: in another's name it can only sign wrongly.
 */
import { encodeHosted } from '../core/hosted.ts'
import type { NodeId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import type { LieContext, LieSpec } from '../core/lie.ts'
import type { Batch, Checkpoint, Commit, NewView, PbftMessage, PrePrepare, Prepare, Prepared, ViewChange } from './messages.ts'
import { digestOfBatch, NULL_DIGEST, signed } from './signing.ts'
import { snapshotText } from './snapshot.ts'
import type { PbftState } from './state.ts'
import { pieceOf } from './transfer.ts'

type Context = LieContext<PbftState>

/** A digest that nothing has. */
const nonsense = (coin: number): string => coin.toString(16).padStart(8, '0').repeat(8)

/** Other requests than these, of the same clients and as well signed. Of the other ones they are the other ones again. */
function otherBatch(batch: Batch): Batch {
  const [first, second] = batch
  if (!first) return batch
  if (!second) return [first, first]
  const isTwice = batch.length === 2 && first.client === second.client && first.timestamp === second.timestamp
  return isTwice ? [first] : [...batch].reverse()
}

/** Liars agree without a word on who hears what: each side of the cluster one thing. */
const isOtherSide = ({ nodes, id, to }: Context): boolean => nodes.indexOf(id) % 2 !== nodes.indexOf(to) % 2

/** What the liar would vote for, if it were on the other side. */
function otherDigest({ state }: Context, d: string): string {
  const batch = state.batches.get(d)
  return batch ? digestOfBatch(otherBatch(batch)) : d
}

const vote = <M extends Prepare | Commit>(id: NodeId, { signature: _, ...message }: M, change: Partial<M>): M =>
  signed<M>(id, { ...message, ...change } as never)

export const lies: readonly LieSpec<PbftState, PbftMessage>[] = [
  {
    name: 'equivocate',
    label: 'Says one thing to some and another to the rest',
    help: 'As primary it gives one number to different requests; as backup it votes for what each side has. What the agreement among 2f + 1 is there for (§4.2).',
    tell(message, context) {
      const { id } = context
      if (!isOtherSide(context)) return undefined
      switch (message.kind) {
        case 'PrePrepare': {
          const { v, n, batch } = message
          if (batch.length === 0) return undefined
          const other = otherBatch(batch)
          return { ...signed<PrePrepare>(id, { kind: 'PrePrepare', v, n, d: digestOfBatch(other) }), batch: [...other] }
        }
        case 'Prepare':
        case 'Commit':
          return vote(id, message, { d: otherDigest(context, message.d) })
        default:
          return undefined
      }
    },
  },
  {
    name: 'propose-twice',
    label: 'Proposes twice',
    help: 'As primary it gives one number to two batches and shows both to everybody, to each side in another order: the first counts (§4.2).',
    tell(message, context) {
      if (message.kind !== 'PrePrepare' || message.batch.length === 0) return undefined
      const { v, n, batch } = message
      const other = otherBatch(batch)
      const second = { ...signed<PrePrepare>(context.id, { kind: 'PrePrepare', v, n, d: digestOfBatch(other) }), batch: [...other] }
      return isOtherSide(context) ? [second, message] : [message, second]
    },
  },
  {
    name: 'wrong-digest',
    label: 'Votes for other requests',
    help: 'Its Prepares and Commits carry a digest that nothing has: they count for nobody (§4.2).',
    tell: (message, { id, coin }) =>
      message.kind === 'Prepare' || message.kind === 'Commit' ? vote(id, message, { d: nonsense(coin) }) : undefined,
  },
  {
    name: 'vote-unseen',
    label: 'Votes for what it did not see',
    help: 'It commits what is not prepared, and prepares the next number, too, before anybody proposed it (§4.2).',
    tell(message, { id }) {
      if (message.kind !== 'Prepare') return undefined
      const { v, n, d } = message
      return [
        message,
        signed<Commit>(id, { kind: 'Commit', v, n, d, i: id }),
        vote(id, message, { n: n + 1 }),
        signed<Commit>(id, { kind: 'Commit', v, n: n + 1, d, i: id }),
      ]
    },
  },
  {
    name: 'invent-requests',
    label: 'Invents requests',
    help: 'As primary it proposes what no client asked for; the client’s signature is missing (§4.2).',
    tell(message, { id, coin }) {
      if (message.kind !== 'PrePrepare') return undefined
      const batch = message.batch.map((request) => ({ ...request, timestamp: request.timestamp + 1 + (coin % 1000) }))
      const { v, n } = message
      return { ...signed<PrePrepare>(id, { kind: 'PrePrepare', v, n, d: digestOfBatch(batch) }), batch }
    },
  },
  {
    name: 'skip-numbers',
    label: 'Gives numbers far ahead',
    help: 'As primary it tries to use up the sequence numbers; the high water mark is there against it (§4.2).',
    tell(message, { id, state }) {
      if (message.kind !== 'PrePrepare') return undefined
      const { v, n, d, batch } = message
      return { ...signed<PrePrepare>(id, { kind: 'PrePrepare', v, n: n + state.options.window, d }), batch }
    },
  },
  {
    name: 'ignore-client',
    label: 'Serves all but one client',
    help: 'As primary it gives no number to what c1 asks for. Backups wait for that very request, whatever else is executed (§4.4).',
    tell(message, { id }) {
      if (message.kind !== 'PrePrepare') return undefined
      const batch = message.batch.filter(({ client }) => client !== 'c1')
      if (batch.length === message.batch.length) return undefined
      const { v, n } = message
      return batch.length === 0 ? [] : { ...signed<PrePrepare>(id, { kind: 'PrePrepare', v, n, d: digestOfBatch(batch) }), batch }
    },
  },
  {
    name: 'forge',
    label: 'Speaks in others’ names',
    help: 'Besides its own vote it sends one of every other replica, which it cannot sign (§2).',
    tell(message, { id, nodes }) {
      if (message.kind !== 'Prepare' && message.kind !== 'Commit') return undefined
      return [message, ...nodes.filter((node) => node !== id).map((node) => ({ ...message, i: node }))]
    },
  },
  {
    name: 'false-checkpoint',
    label: 'Says a wrong state',
    help: 'Its Checkpoints carry a digest that no state has: 2f + 1 others are enough without it (§4.3).',
    tell(message, { id, coin }) {
      if (message.kind !== 'Checkpoint' || message.i !== id) return undefined
      return signed<Checkpoint>(id, { kind: 'Checkpoint', n: message.n, d: nonsense(coin), i: id })
    },
  },
  {
    name: 'wrong-state',
    label: 'Hands out a wrong state',
    help: 'The state that it gives to who asks is as good as any to look at, and another one than 2f + 1 signed (§4.3).',
    tell(message, { state }) {
      if (message.kind !== 'StateChunk') return undefined
      const own = state.checkpoints.get(message.n)
      if (!own) return undefined
      const { n, part } = message
      const text = snapshotText(n, { json: bent(encodeHosted(own.hosted)) }, own.replies)
      return { ...message, ...pieceOf(text, part, state.options.chunkChars) }
    },
  },
  {
    name: 'forget-prepared',
    label: 'Hides what was prepared',
    help: 'Its ViewChange says that nothing was prepared with it: one of any 2f + 1 knows better (§4.4).',
    tell: (message, { id }) => (message.kind === 'ViewChange' && message.i === id ? viewChange(id, message, { P: [] }) : undefined),
  },
  {
    name: 'false-prepared',
    label: 'Claims what was never prepared',
    help: 'Its ViewChange holds certificates for other digests, with its own Prepare as often as it takes (§4.4).',
    tell(message, { id, state, coin }) {
      if (message.kind !== 'ViewChange' || message.i !== id) return undefined
      const known = message.P.at(-1)
      const n = known?.prePrepare.n ?? message.n + 1
      const v = message.v - 1
      const d = nonsense(coin)
      const prepare = signed<Prepare>(id, { kind: 'Prepare', v, n, d, i: id })
      const prepared: Prepared = {
        prePrepare: signed<PrePrepare>(id, { kind: 'PrePrepare', v, n, d }),
        prepares: state.nodes.slice(1).map(() => prepare),
      }
      return viewChange(id, message, { P: [...message.P.filter(({ prePrepare }) => prePrepare.n !== n), prepared] })
    },
  },
  {
    name: 'wrong-new-view',
    label: 'Begins views wrongly',
    help: 'As new primary it puts the null request where something was prepared; every backup computes it again (§4.4).',
    tell(message, { id, state }) {
      if (message.kind !== 'NewView' || state.nodes[message.v % state.nodes.length] !== id) return undefined
      const { v, V } = message
      const O =
        message.O.length === 0
          ? [signed<PrePrepare>(id, { kind: 'PrePrepare', v, n: state.stable.n + 1, d: NULL_DIGEST })]
          : message.O.map(({ n }) => signed<PrePrepare>(id, { kind: 'PrePrepare', v, n, d: NULL_DIGEST }))
      return signed<NewView>(id, { kind: 'NewView', v, V, O })
    },
  },
  {
    name: 'few-view-changes',
    label: 'Begins views that too few asked for',
    help: 'As new primary it leaves out one of the 2f + 1 ViewChanges, or shows one twice (§4.4).',
    tell(message, { id, coin }) {
      if (message.kind !== 'NewView' || message.V.length === 0) return undefined
      const { v, V, O } = message
      const fewer = V.slice(1)
      return signed<NewView>(id, { kind: 'NewView', v, V: coin % 2 === 0 ? fewer : [...fewer, fewer[0] ?? (V[0] as ViewChange)], O })
    },
  },
  {
    name: 'wrong-reply',
    label: 'Answers clients wrongly',
    help: 'It tells every client another result; without f others that say the same nobody believes it (§4.1).',
    tell: () => undefined,
    answer: (outcome, { id }) => (outcome.kind === 'ok' ? { ...outcome, result: `a lie of ${id}` } : outcome),
  },
]

/** The same shape with other texts and numbers in it. */
function bent(json: Json): Json {
  if (typeof json === 'string') return `${json}?`
  if (typeof json === 'number') return json + 1
  if (Array.isArray(json)) return json.map(bent)
  if (json === null || typeof json !== 'object') return json
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, bent(value)]))
}

function viewChange(id: NodeId, { signature: _, ...message }: ViewChange, change: Partial<ViewChange>): ViewChange {
  return signed<ViewChange>(id, { ...message, ...change } as never)
}
