/**
 * What the observer knows for certain of the acceptors: votes and promises that are on a disk, or that somebody has heard of.
 * What a step did and a crash took back before the disk had it was said to nobody, and never happened.
 */
import type { NodeId } from '../core/ids.ts'
import type { JudgedStep } from '../core/invariant.ts'
import { type Ballot, ballotText, compare, type Vote } from './ballot.ts'
import type { PaxosMessage } from './messages.ts'
import type { PaxosState } from './state.ts'

export type PaxosJudgedStep = JudgedStep<PaxosState, PaxosMessage>

/** A promise as the acceptor told of it, and the vote that it told of. */
export interface ToldPromise {
  readonly acceptor: NodeId
  readonly ballot: Ballot
  readonly accepted: Vote | null
}

export interface CastVote extends Vote {
  readonly acceptor: NodeId
}

/** What became certain with a step, and was not before. */
export interface News {
  readonly votes: readonly CastVote[]
  readonly promises: readonly ToldPromise[]
}

const nothing: News = { votes: [], promises: [] }

interface Unsynced {
  readonly mark: number
  readonly accepted: Vote | null
}

export class Witness {
  readonly #votes = new Map<string, CastVote>()
  readonly #promises = new Set<string>()
  /** What each node wrote in this life and was not told to be on its disk. */
  readonly #unsynced = new Map<NodeId, Unsynced[]>()

  see(step: PaxosJudgedStep): News {
    const { node, input, before, after } = step
    const votes: CastVote[] = []
    const promises: ToldPromise[] = []
    const vote = (acceptor: NodeId, { ballot, value }: Vote) => {
      const key = `${acceptor} ${ballotText(ballot)} ${value}`
      if (this.#votes.has(key)) return
      const cast = { acceptor, ballot, value }
      this.#votes.set(key, cast)
      votes.push(cast)
    }
    const promise = (told: ToldPromise) => {
      const key = `${told.acceptor} ${ballotText(told.ballot)} ${ballotText(told.accepted?.ballot ?? null)} ${told.accepted?.value}`
      if (this.#promises.has(key)) return
      this.#promises.add(key)
      promises.push(told)
    }
    if (input.kind === 'start') {
      this.#unsynced.delete(node)
      if (after.accepted) vote(node, after.accepted)
    }
    if (input.kind === 'message') {
      const { from, message } = input
      if (message.kind === 'Accepted') vote(from, message)
      if (message.kind === 'Promise') promise({ acceptor: from, ballot: message.ballot, accepted: message.accepted })
    }
    if (input.kind === 'durable') {
      const unsynced = this.#unsynced.get(node) ?? []
      for (const { mark, accepted } of unsynced) if (mark <= input.mark && accepted) vote(node, accepted)
      this.#unsynced.set(
        node,
        unsynced.filter(({ mark }) => mark > input.mark),
      )
      for (const { mark, message } of before?.own ?? [])
        if (mark <= input.mark && message.kind === 'Promise')
          promise({ acceptor: node, ballot: message.ballot, accepted: message.accepted })
    }
    if (before && after.mark > before.mark) {
      const unsynced = this.#unsynced.get(node) ?? []
      if (after.accepted !== before.accepted) this.#unsynced.set(node, [...unsynced, { mark: after.mark, accepted: after.accepted }])
    }
    return votes.length + promises.length === 0 ? nothing : { votes, promises }
  }

  /** All votes that were surely cast. */
  get votes(): Iterable<CastVote> {
    return this.#votes.values()
  }
}

/** Counts the votes of each ballot, and says when a quorum of them is for one value: then this is chosen, whoever knows of it. */
export class Count {
  readonly #voters = new Map<string, Set<NodeId>>()
  /** In the order in which they were chosen. */
  readonly chosen: Vote[] = []

  /** The vote that it makes chosen, if it does. */
  add({ acceptor, ballot, value }: CastVote, q2: number): Vote | undefined {
    const key = `${ballotText(ballot)} ${value}`
    const voters = this.#voters.get(key) ?? new Set()
    this.#voters.set(key, voters)
    voters.add(acceptor)
    if (voters.size !== q2) return undefined
    const chosen = { ballot, value }
    this.chosen.push(chosen)
    return chosen
  }
}

/** What a step asks others, and its own acceptor, to vote for. */
export function proposed({ before, after }: PaxosJudgedStep): Vote | undefined {
  const { attempt } = after
  if (attempt?.phase !== 'accept' || attempt.value === null) return undefined
  const { ballot, value } = attempt
  const known = before?.attempt
  if (known?.phase === 'accept' && known.value === value && compare(known.ballot, ballot) === 0) return undefined
  return { ballot, value }
}

/** A ballot and value in words: `X in 3.n2`. */
export const inWords = ({ ballot, value }: Vote): string => `${value} in ballot ${ballotText(ballot)}`
