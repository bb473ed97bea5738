/**
 * What a store of this kind keeps to, judged by an observer who sees every step of every node. Each judge keeps what it saw, so a step costs what it
 * brought. They look at versions as they lie there, at records and answers, and share with the rules only what a dot and a context mean.
 */
import type { NodeId } from '../core/ids.ts'
import type { Invariant, Judge } from '../core/invariant.ts'
import type { Json } from '../core/json.ts'
import { ringText } from './members.ts'
import type { DynamoMessage } from './messages.ts'
import { type DynamoState, keeps, layout, placeOf } from './state.ts'
import { covered, digestOf, dotText, join, type Siblings, type Vector } from './versions.ts'
import { behind } from './view.ts'
import { type Acknowledged, accounts, everything, isWiped, touched, Witness } from './witness.ts'

type DynamoJudge = Judge<DynamoState, DynamoMessage>

const named = ({ key, value, dot }: Pick<Acknowledged, 'key' | 'value' | 'dot'>): string =>
  `${value === null ? `the deletion of ${key}` : `${key} = ${value}`} (${dotText(dot)})`

function acknowledgedSurvive(): DynamoJudge {
  const witness = new Witness()
  interface Tracked extends Acknowledged {
    readonly holders: Set<NodeId>
    lostDisks: number
  }
  /** By key: those that no later acknowledged write has read. */
  const tracked = new Map<string, Tracked[]>()
  const begin = (write: Acknowledged, states: ReadonlyMap<NodeId, DynamoState>): string | undefined => {
    const list = tracked.get(write.key) ?? []
    if (list.some(({ dot, context }) => covered(context, write.dot) || dotText(dot) === dotText(write.dot))) return undefined
    const holders = new Set<NodeId>()
    for (const [node, state] of states) if (accounts(everything(state, write.key), write.dot)) holders.add(node)
    // Stand-ins may have handed over meanwhile, to somebody who counted himself.
    const least = write.sloppy ? 1 : write.w
    if (holders.size < least)
      return `A client was told that ${named(write)} is written with W = ${write.w}; ${[...holders].join(', ') || 'nobody'} has it.`
    tracked.set(write.key, [...list.filter(({ dot }) => !covered(write.context, dot)), { ...write, holders, lostDisks: 0 }])
    return undefined
  }
  return {
    judge(step, states) {
      const { node, after } = step
      const wiped = isWiped(step)
      let found: string | undefined
      for (const key of step.input.kind === 'start' ? [...tracked.keys()] : touched(step).keys) {
        const list = tracked.get(key)
        if (!list) continue
        const here = everything(after, key)
        for (const write of [...list]) {
          if (accounts(here, write.dot)) {
            write.holders.add(node)
            continue
          }
          if (!write.holders.delete(node)) continue
          if (wiped) write.lostDisks += 1
          if (write.holders.size > 0) continue
          tracked.set(
            key,
            (tracked.get(key) ?? []).filter((each) => each !== write),
          )
          if (write.lostDisks < write.w) found ??= `${named(write)} was acknowledged; ${node} was the last that had it, and has it no more.`
        }
      }
      for (const write of witness.see(step)) found ??= begin(write, new Map([...states, [node, after]]))
      return found
    },
  }
}

/** Counts who has acknowledged what, each once, and holds it against W when the client is told. */
function enoughCopies(): DynamoJudge {
  const heard = new Map<string, Set<NodeId>>()
  return {
    judge({ node, input, before, effects }) {
      if (input.kind !== 'message' || input.message.kind !== 'ReplicaPutAck') return undefined
      const { req } = input.message
      const nodes = heard.get(req) ?? new Set([node])
      heard.set(req, nodes.add(input.from))
      const request = before?.requests.find((each) => each.req === req)
      if (!request || !effects.some((effect) => effect.kind === 'reply' && effect.id === request.client)) return undefined
      heard.delete(req)
      if (nodes.size >= request.needs) return undefined
      return `${node} tells its client that ${request.key} is written, with W = ${request.needs}; ${[...nodes].join(', ')} alone acknowledged it.`
    },
  }
}

/** Of each dot: what it stood for when somebody was told of it. */
function dotsAndSiblings(): DynamoJudge {
  const versions = new Map<string, string>()
  const enter = (key: string, siblings: Siblings): string | undefined => {
    for (const { dot, context, value, write } of siblings) {
      const name = `${key} ${dotText(dot)}`
      const what = JSON.stringify([value, context, write])
      const known = versions.get(name)
      if (known === undefined) versions.set(name, what)
      else if (known !== what) return `The dot ${dotText(dot)} of ${key} stands for two writes: ${known} and ${what}.`
    }
    return undefined
  }
  return {
    judge(step) {
      const { node, input, after } = step
      const wrong = input.kind === 'request' && input.request.kind === 'command' ? misread(node, input.request.op, after) : undefined
      if (wrong) return wrong
      const said = input.kind === 'message' ? told(input.message) : []
      for (const [key, siblings] of said) {
        const twice = enter(key, siblings)
        if (twice) return twice
      }
      for (const key of touched(step).keys) {
        if (input.kind === 'start') {
          const twice = enter(key, everything(after, key))
          if (twice) return twice
        }
        for (const table of [after.store, after.hints])
          for (const inner of table.values()) {
            const siblings = inner.get(key) ?? []
            const [x, y] = related(siblings)
            if (x && y) return `${node} keeps ${dotText(x.dot)} of ${key} beside ${dotText(y.dot)}, whose writer had read it.`
          }
      }
      return undefined
    },
  }
}

/** A new version's context is what its client had read, no less and no more. */
function misread(node: NodeId, op: Json, after: DynamoState): string | undefined {
  const { key, context = {}, id } = op as { readonly key: string; readonly context?: Vector; readonly id?: number }
  const version = everything(after, key).find(({ write }) => id !== undefined && write === id)
  if (!version || JSON.stringify(join(version.context, {})) === JSON.stringify(join(context, {}))) return undefined
  return `${node} writes ${named({ ...version, key })} as if its client had read ${JSON.stringify(version.context)}; it had read ${JSON.stringify(context)}.`
}

/** Versions that a message carries, by key; those of an answer to a read have none there. */
function told(message: DynamoMessage): (readonly [string, Siblings])[] {
  if ('key' in message && 'siblings' in message) return [[message.key, message.siblings]]
  if ('entries' in message) return message.entries.map(({ key, siblings }) => [key, siblings] as const)
  return []
}

function related(siblings: Siblings) {
  for (const x of siblings)
    for (const y of siblings) if (x !== y && (covered(y.context, x.dot) || dotText(x.dot) === dotText(y.dot))) return [x, y] as const
  return []
}

/** When every node says that it has nothing left to do, everything must be done. */
function convergence(): DynamoJudge {
  return {
    judge({ node, before, after }, states) {
      if (
        before === undefined ||
        (before.equal === after.equal && before.hints === after.hints && before.requests === after.requests && before.store === after.store)
      )
        return undefined
      if (behind(after) > 0) return undefined
      const all = new Map([...states, [node, after]])
      for (const id of after.nodes) {
        const state = all.get(id)
        if (!state || behind(state) > 0 || ringText(state.members) !== ringText(after.members) || state.quorum.n !== after.quorum.n)
          return undefined
      }
      const keys = new Set<string>()
      for (const state of all.values()) for (const inner of state.store.values()) for (const key of inner.keys()) keys.add(key)
      for (const key of keys) {
        const { homes } = placeOf(after, key)
        const copies = homes.map((home) => [
          home,
          digestOf((all.get(home) ?? after).store.reduce<Siblings>((found, inner) => inner.get(key) ?? found, [])),
        ])
        const [first] = copies
        const other = copies.find(([, digest]) => digest !== first?.[1])
        if (first && other)
          return `Nobody is behind, but of ${key} ${first[0]} has ${first[1] || 'nothing'} and ${other[0]} has ${other[1] || 'nothing'}.`
      }
      return undefined
    },
  }
}

function preferenceLists(): DynamoJudge {
  const lists = new Map<string, { readonly node: NodeId; readonly text: string }>()
  return {
    judge({ node, before, after }) {
      if (before && before.members === after.members && before.quorum === after.quorum) return undefined
      const { n } = after.quorum
      const members = Object.values(after.members).filter(({ status }) => status === 'in' || status === 'leaving').length
      for (const [partition, { homes }] of layout(after).entries())
        if (new Set(homes).size !== Math.min(n, members))
          return `${node} has ${homes.join(', ') || 'nobody'} for partition ${partition}: these are not ${Math.min(n, members)} nodes.`
      const ring = `${n} ${ringText(after.members)}`
      const text = layout(after)
        .map(({ homes }) => homes.join(' '))
        .join(', ')
      const known = lists.get(ring)
      if (!known) lists.set(ring, { node, text })
      return known && known.text !== text
        ? `Of one ring, ${known.node} has the preference lists ${known.text}, and ${node} ${text}.`
        : undefined
    },
  }
}

/** A write is found by a read if the nodes that acknowledged the one and answer the other cannot all be different ones. */
function freshReads(): DynamoJudge {
  const witness = new Witness()
  const done = new Map<string, Acknowledged[]>()
  const reads = new Map<
    number,
    { readonly key: string; readonly r: number; readonly homes: readonly NodeId[]; readonly before: readonly Acknowledged[] }
  >()
  return {
    judge(step) {
      const { node, input, after, effects } = step
      if (after.options.sloppy) return undefined
      if (input.kind === 'request' && input.request.kind === 'query') {
        const { key } = input.request.op as { readonly key: string }
        reads.set(input.id, { key, r: after.quorum.r, homes: placeOf(after, key).homes, before: done.get(key) ?? [] })
      }
      let found: string | undefined
      for (const effect of effects) {
        const read = effect.kind === 'reply' ? reads.get(effect.id) : undefined
        if (effect.kind !== 'reply' || !read) continue
        reads.delete(effect.id)
        if (effect.outcome.kind !== 'ok') continue
        const { context } = effect.outcome.result as unknown as { readonly context: Vector }
        const meets = ({ w, homes }: Acknowledged) => read.r + w > new Set([...homes, ...read.homes]).size
        const missed = read.before.find((write) => meets(write) && !covered(context, write.dot))
        if (missed)
          found ??= `${node} answers a read of ${read.key} with R = ${read.r} and without ${named(missed)}, which was acknowledged before with W = ${missed.w}.`
      }
      for (const write of witness.see(step)) {
        const isOld = ({ dot, w, homes }: Acknowledged) =>
          covered(write.context, dot) && write.w >= w && homes.join() === write.homes.join()
        done.set(write.key, [...(done.get(write.key) ?? []).filter((each) => !isOld(each)), write])
      }
      return found
    },
  }
}

/** Of each node and key: what was deleted by deletions that the node has seen. */
function deletedStays(): DynamoJudge {
  const deleted = new Map<NodeId, Map<string, Vector>>()
  return {
    judge(step) {
      const { node, after, input } = step
      if (input.kind === 'start') deleted.delete(node)
      const mine = deleted.get(node) ?? new Map<string, Vector>()
      deleted.set(node, mine)
      const { keys, gone } = touched(step)
      for (const key of gone) mine.delete(key)
      for (const key of keys) {
        const here = after.store.reduce<Siblings>((found, inner) => inner.get(key) ?? found, [])
        const memory = here.reduce<Vector>((all, { value, context }) => (value === null ? join(all, context) : all), mine.get(key) ?? {})
        mine.set(key, memory)
        const back = here.find(({ value, dot }) => value !== null && covered(memory, dot))
        if (back) return `${node} has ${named({ ...back, key })} again, though it had seen its deletion.`
      }
      return undefined
    },
  }
}

function keptHints(): DynamoJudge {
  const wiped = new Set<NodeId>()
  return {
    judge(step, states) {
      const { node, before, after } = step
      if (isWiped(step)) wiped.add(node)
      if (before === undefined || before.hints === after.hints) return undefined
      for (const [target, kept] of before.hints) {
        for (const [key, siblings] of kept) {
          const now = after.hints.get(target)?.get(key) ?? []
          if (now === siblings || wiped.has(target)) continue
          const there = states.get(target)
          const all = [...now, ...everything(after, key), ...(there ? everything(there, key) : [])]
          // Who is not at home there any more has handed on what it was given.
          if (there && !keeps(there, placeOf(there, key))) for (const other of states.values()) all.push(...everything(other, key))
          const lost = siblings.find(({ dot }) => !accounts(all, dot))
          if (lost) return `${node} kept ${named({ ...lost, key })} for ${target}, and lets go of it; ${target} has it not.`
        }
      }
      return undefined
    },
  }
}

export const invariants: readonly Invariant<DynamoState, DynamoMessage>[] = [
  {
    name: 'Acknowledged Writes Survive',
    statement:
      'When a client is told of a write, W nodes of a strict quorum have it; and it is a version at some node, or a later writer had read it, as long as fewer than W disks that had it are lost.',
    source: '§4.5, §4.6; dotted version vectors',
    judge: acknowledgedSurvive,
  },
  {
    name: 'W Nodes',
    statement: 'A client is told that something is written when W different nodes, the coordinator among them, have acknowledged it.',
    source: '§4.5',
    judge: enoughCopies,
  },
  {
    name: 'One Write per Dot',
    statement:
      'A dot stands for one write for ever, with what its client had read; and of two versions side by side the writer of neither had read the other.',
    source: '§4.4; dotted version vectors',
    judge: dotsAndSiblings,
  },
  {
    name: 'Convergence',
    statement: 'When no node has anything left to compare, deliver or move, all copies of each key are equal.',
    source: '§4.7',
    judge: convergence,
  },
  {
    name: 'Agreed Preference Lists',
    statement: 'The preference list of a partition has N different nodes, and is the same at all nodes that know the same ring.',
    source: '§4.2, §4.3',
    judge: preferenceLists,
  },
  {
    name: 'Fresh Reads',
    statement:
      'With strict quorums, and R + W above the number of nodes that are at home for the write or for the read, a read knows of every write acknowledged before it began.',
    source: '§4.5',
    judge: freshReads,
  },
  {
    name: 'Deleted Stays Deleted',
    statement: 'A node that has seen a deletion never again holds what was deleted by it.',
    source: '§4.4; deletions are versions',
    judge: deletedStays,
  },
  {
    name: 'Kept Hints',
    statement:
      'What a node lets go of that it kept for another is there, or is kept here for somebody else; or with others, when the other is not at home there any more.',
    source: '§4.6',
    judge: keptHints,
  },
]
