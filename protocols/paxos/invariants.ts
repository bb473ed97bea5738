/**
 * What makes Paxos safe (PMS §2.2), judged by an observer who sees every step of every node. Each judge keeps what it saw, so a
 * step costs what it brought. They look at messages, requests and states, and share no code with the rules they judge.
 */
import type { NodeId } from '../core/ids.ts'
import type { Invariant, Judge } from '../core/invariant.ts'
import { type Ballot, ballotText, compare, same, type Vote } from './ballot.ts'
import type { PaxosMessage } from './messages.ts'
import type { PaxosState } from './state.ts'
import { type CastVote, Count, inWords, proposed, type ToldPromise, Witness } from './witness.ts'

type PaxosJudge = Judge<PaxosState, PaxosMessage>

/** Counts all votes that were ever cast, ballot by ballot; and whoever believes that something was chosen must be right. */
function agreement(): PaxosJudge {
  const witness = new Witness()
  const count = new Count()
  return {
    judge(step) {
      const { node, before, after } = step
      for (const vote of witness.see(step).votes) {
        const chosen = count.add(vote, after.roles.q2)
        const [first] = count.chosen
        if (chosen && first && first.value !== chosen.value) return `${inWords(chosen)} is chosen; ${inWords(first)} was chosen before.`
      }
      if (after.chosen === null || after.chosen === before?.chosen) return undefined
      if (count.chosen.some(({ value }) => value === after.chosen)) return undefined
      const chosen = count.chosen[0] === undefined ? 'nothing is chosen' : `chosen is ${inWords(count.chosen[0])}`
      return `${node} believes that ${after.chosen} is chosen; ${chosen}.`
    },
  }
}

function validity(): PaxosJudge {
  const asked = new Set<string>()
  return {
    judge(step) {
      const { node, input, after } = step
      if (input.kind === 'request' && input.request.kind === 'command') asked.add((input.request.op as { readonly value: string }).value)
      const value = proposed(step)?.value ?? (after.chosen !== step.before?.chosen ? after.chosen : null)
      if (value === null || asked.has(value)) return undefined
      return `${node} ${after.chosen === value ? 'learned' : 'proposes'} ${value}, which no client has proposed.`
    },
  }
}

function oneValuePerBallot(): PaxosJudge {
  const values = new Map<string, { readonly value: string; readonly by: string }>()
  const enter = ({ ballot, value }: Vote, by: string): string | undefined => {
    const key = ballotText(ballot)
    const known = values.get(key)
    if (!known) values.set(key, { value, by })
    return !known || known.value === value ? undefined : `In ballot ${key} ${by} ${value}, and ${known.by} ${known.value}.`
  }
  return {
    judge(step) {
      const { node, before, after, input } = step
      const asks = proposed(step)
      const votes = after.accepted && after.accepted !== before?.accepted ? after.accepted : undefined
      const hears =
        input.kind === 'message' && (input.message.kind === 'Accept' || input.message.kind === 'Accepted') ? input.message : undefined
      return (
        (asks && enter(asks, `${node} asks for`)) ??
        (hears &&
          enter(
            hears,
            hears.kind === 'Accept'
              ? `${step.input.kind === 'message' ? step.input.from : node} asked for`
              : `${(input as { from: NodeId }).from} voted for`,
          )) ??
        (votes && enter(votes, `${node} votes for`))
      )
    },
  }
}

/** Of each acceptor: the highest ballot of which it is certain that it was promised, or voted in. */
function keptPromises(): PaxosJudge {
  const witness = new Witness()
  const floors = new Map<NodeId, Ballot>()
  const raise = (node: NodeId, ballot: Ballot) => {
    if (compare(ballot, floors.get(node) ?? null) > 0) floors.set(node, ballot)
  }
  return {
    judge(step) {
      const { node, before, after } = step
      const floor = floors.get(node) ?? null
      const news = witness.see(step)
      for (const { acceptor, ballot } of [...news.promises, ...news.votes]) raise(acceptor, ballot)
      if (compare(after.promised, before ? before.promised : floor) < 0)
        return before
          ? `${node} had promised ${ballotText(before.promised)}, and now ${ballotText(after.promised)}.`
          : `${node} came up with the promise ${ballotText(after.promised)}; it had promised ${ballotText(floor)}.`
      if (after.accepted === null || after.accepted === before?.accepted) return undefined
      const { ballot } = after.accepted
      if (compare(ballot, after.promised) > 0)
        return `${node} votes ${inWords(after.accepted)}, but has promised ${ballotText(after.promised)} only.`
      if (before && compare(ballot, floor) < 0) return `${node} votes ${inWords(after.accepted)}; it had promised ${ballotText(floor)}.`
      if (before?.accepted && same(before.accepted.ballot, ballot))
        return `${node} votes ${inWords(after.accepted)}; it had voted ${inWords(before.accepted)}.`
      return undefined
    },
  }
}

/** What a promise tells of is the acceptor's last vote before its ballot: it cast that one, and none between. */
function truthfulPromises(): PaxosJudge {
  const witness = new Witness()
  const votes = new Map<NodeId, CastVote[]>()
  const promises = new Map<NodeId, ToldPromise[]>()
  /** Votes that were in any state, certain or not. */
  const ever = new Set<string>()
  const lies = (promise: ToldPromise, vote: CastVote): boolean =>
    compare(vote.ballot, promise.ballot) < 0 && compare(vote.ballot, promise.accepted?.ballot ?? null) > 0
  const words = ({ acceptor, ballot, accepted }: ToldPromise): string =>
    `${acceptor} promised ${ballotText(ballot)} and told of ${accepted ? `a vote for ${inWords(accepted)}` : 'no vote'}`
  return {
    judge(step) {
      const { node, after } = step
      if (after.accepted) ever.add(`${node} ${inWords(after.accepted)}`)
      const news = witness.see(step)
      for (const vote of news.votes) {
        of(votes, vote.acceptor).push(vote)
        const lie = of(promises, vote.acceptor).find((promise) => lies(promise, vote))
        if (lie) return `${words(lie)}; it votes for ${inWords(vote)}.`
      }
      for (const promise of news.promises) {
        const { acceptor, accepted } = promise
        of(promises, acceptor).push(promise)
        const hidden = of(votes, acceptor).find((vote) => lies(promise, vote))
        if (hidden) return `${words(promise)}; it had voted for ${inWords(hidden)}.`
        if (accepted && !ever.has(`${acceptor} ${inWords(accepted)}`)) return `${words(promise)}, which it never cast.`
      }
      return undefined
    },
  }
}

/** P2c: for each proposal there is a phase-1 quorum of promises, told before, whose highest vote it takes up; or none has any. */
function safeProposals(): PaxosJudge {
  const witness = new Witness()
  const told = new Map<string, ToldPromise[]>()
  return {
    judge(step) {
      for (const promise of witness.see(step).promises) of(told, ballotText(promise.ballot)).push(promise)
      const proposal = proposed(step)
      if (!proposal) return undefined
      const { ballot, value } = proposal
      const { q1 } = step.after.roles
      const promises = [...new Map(of(told, ballotText(ballot)).map((promise) => [promise.acceptor, promise])).values()]
      const upTo = (highest: Ballot | null) => promises.filter(({ accepted }) => compare(accepted?.ballot ?? null, highest) <= 0).length
      if (upTo(null) >= q1) return undefined
      const backs = ({ accepted }: ToldPromise) => accepted !== null && accepted.value === value && upTo(accepted.ballot) >= q1
      if (promises.some(backs)) return undefined
      const have = promises.map(({ acceptor, accepted }) => `${acceptor} ${accepted ? `voted for ${inWords(accepted)}` : 'did not vote'}`)
      return `${step.node} asks for ${inWords(proposal)}; its promises allow no such value: ${have.join(', ') || 'there are none'}, and ${q1} are needed.`
    },
  }
}

/** P2: what is proposed in ballots after the one that chose has the chosen value. */
function chosenForEver(): PaxosJudge {
  const witness = new Witness()
  const count = new Count()
  const proposals: Vote[] = []
  const other = (chosen: Vote, proposal: Vote) => compare(proposal.ballot, chosen.ballot) > 0 && proposal.value !== chosen.value
  const words = (chosen: Vote, proposal: Vote) => `${inWords(chosen)} is chosen, and ${proposal.ballot.by} asks for ${inWords(proposal)}.`
  return {
    judge(step) {
      for (const vote of witness.see(step).votes) {
        const chosen = count.add(vote, step.after.roles.q2)
        const proposal = chosen && proposals.find((each) => other(chosen, each))
        if (chosen && proposal) return words(chosen, proposal)
      }
      const proposal = proposed(step)
      if (!proposal) return undefined
      proposals.push(proposal)
      const chosen = count.chosen.find((each) => other(each, proposal))
      return chosen && words(chosen, proposal)
    },
  }
}

function of<K, V>(map: Map<K, V[]>, key: K): V[] {
  const known = map.get(key)
  if (known) return known
  const list: V[] = []
  map.set(key, list)
  return list
}

export const invariants: readonly Invariant<PaxosState, PaxosMessage>[] = [
  {
    name: 'Agreement',
    statement: 'Only a single value is chosen, and a node never learns that a value has been chosen unless it actually has been.',
    source: 'PMS §2.1',
    judge: agreement,
  },
  { name: 'Validity', statement: 'Only a value that has been proposed may be chosen.', source: 'PMS §2.1', judge: validity },
  {
    name: 'One Value per Ballot',
    statement: 'All requests for votes in one ballot, and all votes in it, are for the same value.',
    source: 'PMS §2.2; “The Part-Time Parliament” §2.1, B1',
    judge: oneValuePerBallot,
  },
  {
    name: 'Kept Promises',
    statement:
      'An acceptor’s promise never falls, not by a crash either; it votes once a ballot, and never in a ballot lower than one that it has promised.',
    source: 'PMS §2.2, P1a; §2.5',
    judge: keptPromises,
  },
  {
    name: 'Truthful Promises',
    statement:
      'The vote that a promise tells of is the last that the acceptor cast in a lower ballot, and it casts no other below the promised one.',
    source: 'PMS §2.2, phase 1b',
    judge: truthfulPromises,
  },
  {
    name: 'Safe Proposals',
    statement:
      'A value is proposed only after promises of a phase-1 quorum: the value of the highest vote that they tell of, or any if they tell of none.',
    source: 'PMS §2.2, P2c',
    judge: safeProposals,
  },
  {
    name: 'Chosen for Ever',
    statement: 'If a value is chosen, every proposal in a higher ballot has that value.',
    source: 'PMS §2.2, P2b',
    judge: chosenForEver,
  },
]
