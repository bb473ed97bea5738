/** What the words of a scenario mean at one moment of a run: who leads, who follows, who is the rest. */

import { type NetworkFault, networkFaultSchema } from '../../protocols/core/fault.ts'
import { CLIENTS, type EndpointId, type NodeId, nodeId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { Moment, NodeMoment } from '../../protocols/core/moment.ts'
import type { FactTest, Groups } from './format.ts'

/** A word that means nobody at this moment: the step that uses it cannot be carried out. */
export class NobodyError extends Error {
  override readonly name: string = 'NobodyError'
}

/** Nobody yet: whoever the word means may come, so that it can be waited for. */
export class NobodyYetError extends NobodyError {
  override readonly name = 'NobodyYetError'
}

/** The running node that leads in the highest epoch. */
export function leaderOf(moment: Moment): NodeId | undefined {
  let best: { id: NodeId; epoch: number } | undefined
  for (const [id, node] of moment.nodes) {
    if (node.status !== 'up' || node.observation?.role !== 'leader') continue
    if (!best || node.observation.epoch > best.epoch) best = { id, epoch: node.observation.epoch }
  }
  return best?.id
}

/** The highest epoch in which any node shows itself as leader; -1 when none does. */
export function leaderEpoch(moment: Moment): number {
  let epoch = -1
  for (const node of moment.nodes.values()) {
    if (node.observation?.role === 'leader') epoch = Math.max(epoch, node.observation.epoch)
  }
  return epoch
}

export const running = (moment: Moment): [NodeId, NodeMoment][] => [...moment.nodes].filter(([, node]) => node.status === 'up')

/** Nothing is demanded of who lies: a node that says nothing need not come to know anything, either. */
const honest = (moment: Moment): [NodeId, NodeMoment][] => running(moment).filter(([, node]) => node.observation?.lies === undefined)

export class Words {
  readonly #named = new Map<string, NodeId>()
  readonly #standsIn: boolean

  /** `standsIn`: where nobody leads, `leader` means the first node that runs. */
  constructor(standsIn = false) {
    this.#standsIn = standsIn
  }

  name(word: string, node: NodeId): void {
    this.#named.set(word, node)
  }

  /** Throws NobodyError. */
  node(word: string, moment: Moment): NodeId {
    const named = this.#named.get(word)
    if (named) return named
    if (word === 'leader') {
      const leader = this.leader(moment)
      if (!leader) throw new NobodyYetError('no running node leads')
      return leader
    }
    if (word === 'follower') {
      const leader = this.leader(moment)
      const follower = running(moment).find(([id]) => id !== leader)
      if (!follower) throw new NobodyYetError('no running node follows')
      return follower[0]
    }
    const id = nodeId(word)
    if (!moment.nodes.has(id)) throw new NobodyError(`${word} is not a node of this run, which has ${[...moment.nodes.keys()].join(', ')}`)
    return id
  }

  leader(moment: Moment): NodeId | undefined {
    return leaderOf(moment) ?? (this.#standsIn ? running(moment)[0]?.[0] : undefined)
  }

  endpoint(word: string, moment: Moment): EndpointId {
    return word === CLIENTS ? CLIENTS : this.node(word, moment)
  }

  /** Fields of what a node is told: words for nodes become their ids. */
  fields(written: { readonly [field: string]: Json }, moment: Moment): { readonly [field: string]: Json } {
    const meant = (value: Json): Json =>
      value === 'all'
        ? [...moment.nodes].flatMap(([id, { status }]) => (status === 'empty' ? [] : [id]))
        : Array.isArray(value)
          ? value.map(meant)
          : typeof value === 'string' && this.#isWord(value)
            ? this.node(value, moment)
            : value
    return Object.fromEntries(Object.entries(written).map(([field, value]) => [field, meant(value)]))
  }

  #isWord(text: string): boolean {
    return text === 'leader' || text === 'follower' || this.#named.has(text)
  }

  groups(groups: Groups, moment: Moment): EndpointId[][] {
    const named = groups.map((group) => (group === 'rest' ? undefined : group.map((word) => this.endpoint(word, moment))))
    const taken = new Set(named.flatMap((group) => group ?? []))
    const rest = [...moment.nodes.keys()].filter((id) => !taken.has(id))
    return named.map((group) => group ?? rest).filter((group) => group.length > 0)
  }

  /** A fault as the scenario writes it, with endpoints for its words. */
  fault(written: { readonly [key: string]: unknown }, moment: Moment): NetworkFault {
    const target = (written.target ?? { all: true }) as { links?: [string, string][]; groups?: Groups; all?: true }
    const meant = target.links
      ? { links: target.links.map(([from, to]) => [this.endpoint(from, moment), this.endpoint(to, moment)]) }
      : target.groups
        ? { groups: this.groups(target.groups, moment) }
        : { all: true }
    return networkFaultSchema.parse({ ...written, target: meant })
  }
}

const PROGRESS_FACTS = ['lastApplied', 'applied', 'commitIndex']

/** The value of the progress fact of each running node that does not lie, or undefined while one of them shows none. */
export function progressOf(moment: Moment): (string | number | boolean | null)[] | undefined {
  const nodes = honest(moment)
  const first = nodes[0]?.[1].observation
  const fact = PROGRESS_FACTS.find((name) => first !== undefined && name in first.facts)
  if (fact === undefined) return undefined
  const values = nodes.map(([, node]) => node.observation?.facts[fact])
  return values.every((value) => value !== undefined) ? values : undefined
}

/** Whether nodes of this protocol show how far they have come at all. */
export const showsProgress = (facts: readonly { readonly name: string }[]): boolean =>
  facts.some(({ name }) => PROGRESS_FACTS.includes(name))

export function appliedEqual(moment: Moment): boolean {
  const values = progressOf(moment)
  return values !== undefined && new Set(values).size === 1
}

type Plain = string | number | boolean | null

/** Whether a fact compares as asked on the named node, or on every running one that does not lie. Not on somebody who is not there yet. */
export function factHolds(test: FactTest, words: Words, moment: Moment): boolean {
  const nodes = asked(test, words, moment)
  return (
    nodes.length > 0 &&
    nodes.every((id) => {
      const shown = shownBy(id, test, moment)
      return shown !== undefined && compare(shown, test.is, test.value)
    })
  )
}

/** What they show of it, in one sentence. */
export function factShown(test: FactTest, words: Words, moment: Moment): string {
  const nodes = asked(test, words, moment)
  if (nodes.length === 0) return test.of === undefined ? 'no node runs' : `there is no ${test.of}`
  return nodes
    .map((id) => {
      const shown = shownBy(id, test, moment)
      return `${id} shows ${shown === undefined ? 'nothing of it' : shown}`
    })
    .join(', ')
}

function asked({ of }: FactTest, words: Words, moment: Moment): readonly NodeId[] {
  if (of === undefined) return honest(moment).map(([id]) => id)
  try {
    return [words.node(of, moment)]
  } catch (error) {
    if (error instanceof NobodyYetError) return []
    throw error
  }
}

function shownBy(id: NodeId, { fact }: FactTest, moment: Moment): Plain | undefined {
  const observation = moment.nodes.get(id)?.observation
  return observation === undefined ? undefined : factValue(fact, observation)
}

function factValue(fact: string, observation: NonNullable<NodeMoment['observation']>): Plain | undefined {
  if (Object.hasOwn(observation.facts, fact)) return observation.facts[fact]
  if (fact === 'role') return observation.role
  if (fact === 'epoch') return observation.epoch
  return fact === 'leader' ? (observation.leader ?? null) : undefined
}

function compare(shown: Plain, is: FactTest['is'], value: Plain): boolean {
  if (is === '=') return String(shown) === String(value)
  if (is === '!=') return String(shown) !== String(value)
  const [a, b] = [Number(shown), Number(value)]
  if (is === '<') return a < b
  if (is === '<=') return a <= b
  return is === '>' ? a > b : a >= b
}
