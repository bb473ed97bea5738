/**
 * Ballots: rounds of votes for a number (a term, a ballot, a view), folded from what steps say of them. A protocol turns one
 * step into words (see `BallotsView` in panel.ts); the book enters them in the order of events. What was said once is not said
 * again by a repeated message.
 */
import type { NodeId } from './ids.ts'
import type { Json } from './json.ts'
import type { AnyMessage, Observation } from './observation.ts'

export interface BallotStep<M extends AnyMessage = AnyMessage> {
  readonly node: NodeId
  readonly notes: readonly { readonly note: string; readonly data: { readonly [key: string]: Json } }[]
  /** The message that it was given, when it is one of those that the view hears. */
  readonly given?: { readonly from: NodeId; readonly message: M }
  /** What the node shows after the step; undefined when it is not known. */
  shows(): Observation | undefined
}

/** So many of these must give their vote. */
export interface Quorum {
  readonly of: readonly NodeId[]
  readonly needs: number
}

export type BallotWord =
  /** Asks for votes, and gives itself its own. `asks`: what wins, by what the candidate knows; each of these; so many of all nodes when absent. */
  | { readonly is: 'stands'; readonly epoch: number; readonly candidate: NodeId; readonly asks?: readonly Quorum[] }
  /** `why`: for a refusal, in words, with its source. */
  | {
      readonly is: 'votes'
      readonly epoch: number
      readonly candidate: NodeId
      readonly voter: NodeId
      readonly granted: boolean
      readonly why?: string
    }
  /** The vote reached whom it was given to. */
  | { readonly is: 'heard'; readonly epoch: number; readonly candidate: NodeId; readonly voter: NodeId }
  | { readonly is: 'wins'; readonly epoch: number; readonly candidate: NodeId }
  /** Stands no longer, in whichever ballot it stood last. */
  | { readonly is: 'yields'; readonly candidate: NodeId; readonly why: string }

/** The event at which something was said. */
export interface Place {
  readonly seq: number
  readonly atUs: number
}

export interface Vote extends Place {
  readonly voter: NodeId
  readonly granted: boolean
  readonly why?: string
  /** When the candidate had it; absent: it has not, or never got it. */
  readonly heard?: Place
}

export interface Candidacy extends Place {
  readonly candidate: NodeId
  readonly asks?: readonly Quorum[]
  /** In the order in which they were given. */
  readonly votes: readonly Vote[]
  readonly end?: Place & { readonly is: 'won' | 'yielded'; readonly why?: string }
}

export interface Ballot {
  readonly epoch: number
  /** In the order in which they stood. */
  readonly candidacies: readonly Candidacy[]
}

/**
 * `won` · `split`: several stood, none won, and it went on with another number · `failed`: so did the only one ·
 * `open`: nobody has won yet.
 */
export type BallotOutcome = 'won' | 'split' | 'failed' | 'open'

export function outcomeOf(ballot: Ballot, isLatest: boolean): BallotOutcome {
  if (ballot.candidacies.some(({ end }) => end?.is === 'won')) return 'won'
  if (isLatest && ballot.candidacies.some(({ end }) => end === undefined)) return 'open'
  return ballot.candidacies.length > 1 ? 'split' : 'failed'
}

/** What was known of a ballot right after event `seq`: later votes and ends are left out. Undefined before it began. */
export function ballotAt(ballot: Ballot, seq: number): Ballot | undefined {
  const candidacies = ballot.candidacies
    .filter((each) => each.seq <= seq)
    .map(({ end, votes, ...each }): Candidacy => {
      const then = votes
        .filter((vote) => vote.seq <= seq)
        .map(({ heard, ...vote }): Vote => (heard && heard.seq <= seq ? { ...vote, heard } : vote))
      return { ...each, votes: then, ...(end && end.seq <= seq ? { end } : {}) }
    })
  return candidacies.length === 0 ? undefined : { epoch: ballot.epoch, candidacies }
}

export class BallotBook {
  readonly #ballots: Ballot[] = []
  /** The ballot in which each node stood last. */
  readonly #stood = new Map<NodeId, number>()

  /** Ascending by epoch; those that events before tell of may still change. */
  get ballots(): readonly Ballot[] {
    return this.#ballots
  }

  enter(word: BallotWord, { seq, atUs }: Place): void {
    const place: Place = { seq, atUs }
    switch (word.is) {
      case 'stands': {
        this.#stood.set(word.candidate, word.epoch)
        const own: Vote = { ...place, voter: word.candidate, granted: true, heard: place }
        const asks = word.asks ? { asks: word.asks } : {}
        return this.#change(word, place, (it) => (has(it, own) ? it : { ...it, ...asks, votes: [own, ...it.votes] }))
      }
      case 'votes': {
        const { voter, granted, why } = word
        const vote: Vote = { ...place, voter, granted, ...(why === undefined ? {} : { why }) }
        return this.#change(word, place, (it) => (has(it, vote) ? it : { ...it, votes: [...it.votes, vote] }))
      }
      case 'heard':
        return this.#change(word, place, (it) => ({
          ...it,
          votes: it.votes.map((vote) => (vote.voter === word.voter && vote.granted && !vote.heard ? { ...vote, heard: place } : vote)),
        }))
      case 'wins':
        return this.#change(word, place, (it) => (it.end ? it : { ...it, end: { ...place, is: 'won' } }))
      case 'yields': {
        const epoch = this.#stood.get(word.candidate)
        if (epoch === undefined) return
        return this.#change({ epoch, candidate: word.candidate }, place, (it) =>
          it.end ? it : { ...it, end: { ...place, is: 'yielded', why: word.why } },
        )
      }
      default:
        return word satisfies never
    }
  }

  #change(of: { readonly epoch: number; readonly candidate: NodeId }, place: Place, change: (it: Candidacy) => Candidacy): void {
    const at = this.#placeOf(of.epoch)
    const ballot = this.#ballots[at] as Ballot
    const index = ballot.candidacies.findIndex(({ candidate }) => candidate === of.candidate)
    const before: Candidacy = ballot.candidacies[index] ?? { ...place, candidate: of.candidate, votes: [] }
    const after = change(before)
    if (index >= 0 && after === before) return
    const candidacies = index < 0 ? [...ballot.candidacies, after] : ballot.candidacies.with(index, after)
    this.#ballots[at] = { epoch: ballot.epoch, candidacies }
  }

  /** Where the ballot of this epoch stands; it is opened when there is none. Nearly always it is the last. */
  #placeOf(epoch: number): number {
    let at = this.#ballots.length
    while (at > 0 && (this.#ballots[at - 1] as Ballot).epoch > epoch) at--
    if (this.#ballots[at - 1]?.epoch === epoch) return at - 1
    this.#ballots.splice(at, 0, { epoch, candidacies: [] })
    return at
  }
}

const has = ({ votes }: Candidacy, { voter, granted }: Vote): boolean =>
  votes.some((vote) => vote.voter === voter && vote.granted === granted)
