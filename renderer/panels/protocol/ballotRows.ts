/** The marks under a voter in the row of a ballot. */
import type { Ballot, Vote } from '../../../protocols/core/ballots.ts'
import type { NodeId } from '../../../protocols/core/ids.ts'

export const ROW_PX = 40

export interface VoteMark {
  readonly candidate: NodeId
  readonly vote: Vote
}

/** What a voter said in a ballot, votes before refusals; more than one vote is there to be seen. */
export function marksOf({ candidacies }: Ballot, voter: NodeId): readonly VoteMark[] {
  return candidacies
    .flatMap(({ candidate, votes }) => votes.filter((vote) => vote.voter === voter).map((vote) => ({ candidate, vote })))
    .sort((a, b) => Number(b.vote.granted) - Number(a.vote.granted) || a.vote.seq - b.vote.seq)
}

/** What a table is through whose cells one goes by the arrows (ARIA in HTML allows it; the linter does not know); `at`: the cell's id. */
export const cellGrid = (at: string | undefined) => ({ role: 'grid', tabindex: 0, 'data-home': '', 'aria-activedescendant': at }) as const
