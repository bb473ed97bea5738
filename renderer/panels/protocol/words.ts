/** What a grid and ballots say in words: for tooltips, for those who listen, and for what a click shows. */
import { type Ballot, type BallotOutcome, type Candidacy, outcomeOf, type Quorum, type Vote } from '../../../protocols/core/ballots.ts'
import type { Grid, PlacedCell, PlacedRow } from '../../../protocols/core/grid.ts'
import type { NodeId } from '../../../protocols/core/ids.ts'
import type { BallotsWords, GridWords, RingWords, RoundsWords } from '../../../protocols/core/panel.ts'
import type { RingKey } from '../../../protocols/core/ringPicture.ts'
import type { Learned, Round, Said } from '../../../protocols/core/rounds.ts'
import { formatDuration } from '../../model/format.ts'

/** "n3: index 5, term 3, put x 1. Not committed." */
export function cellWords(row: PlacedRow, column: number, cell: PlacedCell | undefined, words: GridWords): string {
  const at = `${row.node}: ${words.column.label} ${column}`
  if (!cell) return `${at}, nothing`
  const settling = words.lines.find(({ settles }) => settles)
  const state =
    settling === undefined ? '' : cell.settled ? ` ${capital(settling.label)}.` : ` Not ${settling.label}, as far as ${row.node} knows.`
  const odd = cell.odd ? ` Not what others have at this ${words.column.label}.` : ''
  return `${at}, ${words.group.label} ${cell.group}, ${cell.text}.${state}${odd}${row.past ? ` ${row.node} is down: this is what it had.` : ''}`
}

/** "n1, leader, term 8, to index 11, committed 11". */
export function rowWords(row: PlacedRow, words: GridWords): string {
  const lines = words.lines.flatMap(({ name, label }) => (row.lines[name] === undefined ? [] : [`${label} ${row.lines[name]}`]))
  const length = row.last < row.first ? 'nothing' : `to ${words.column.label} ${row.last}`
  return [
    row.node,
    row.status === 'up' && row.called !== undefined ? row.called : row.status,
    ...(row.epoch === undefined ? [] : [`${words.group.label} ${row.epoch}`]),
    ...(row.problem === undefined ? [length, ...lines] : [row.problem]),
  ].join(', ')
}

export function gridWords({ first, last, conflicts, window }: Grid, words: GridWords): string {
  if (last < first) return 'Nothing yet'
  const span = `${capital(words.column.label)} ${first === last ? first : `${first} to ${last}`}`
  if (conflicts.length === 0) {
    const isWhole = window.from <= first && window.to >= last
    return `${span}, no difference${isWhole ? '' : ` from ${window.from} to ${window.to}`}`
  }
  const some = conflicts.length === 1 ? `at ${conflicts[0]}` : `at ${conflicts.length} places, first ${conflicts[0]}`
  return `${span}, rows differ ${some}`
}

export const granted = (candidacy: Candidacy): readonly Vote[] => candidacy.votes.filter((vote) => vote.granted)

/** "n2 leader with 3 of 5 votes, after 12 ms". */
export function ballotWords(ballot: Ballot, isLatest: boolean, nodes: number, words: BallotsWords): string {
  const outcome = outcomeOf(ballot, isLatest)
  const won = ballot.candidacies.find(({ end }) => end?.is === 'won')
  if (won?.end) {
    const heard = granted(won).filter((vote) => vote.heard && vote.heard.seq <= (won.end?.seq ?? 0))
    const tally = tallyOf(heard, won.asks, nodes)
    return `${won.candidate} ${words.winner.label}, ${tally} ${words.vote.label}s after ${formatDuration(won.end.atUs - won.atUs)}`
  }
  const tally = ballot.candidacies.map((each) => `${each.candidate} ${tallyOf(granted(each), each.asks, nodes)}`).join(', ')
  const said: Record<Exclude<BallotOutcome, 'won'>, string> = { split: 'split', failed: 'nobody won', open: 'open' }
  return `${said[outcome as Exclude<BallotOutcome, 'won'>]}: ${tally}`
}

/** "2 of 3", "2 of 3 and 1 of 4": votes of those who are asked. */
function tallyOf(votes: readonly Vote[], asks: readonly Quorum[] | undefined, nodes: number): string {
  if (asks === undefined) return `${votes.length} of ${nodes}`
  return asks.map(({ of }) => `${votes.filter(({ voter }) => of.includes(voter)).length} of ${of.length}`).join(' and ')
}

/** What wins: "2 of n1 n2 n3", in a joint configuration "2 of n1 n2 n3 and 2 of n3 n4 n5"; undefined where candidates do not say whom they ask. */
export const asksWords = ({ asks }: Candidacy): string | undefined =>
  asks?.map(({ of, needs }) => `${needs} of ${of.join(' ')}`).join(' and ')

/** Nobody who stood asked for the vote of this node. */
export const hasNoVote = ({ candidacies }: Ballot, node: NodeId): boolean =>
  candidacies.length > 0 && candidacies.every(({ asks }) => asks !== undefined && !asks.some(({ of }) => of.includes(node)))

/** "n4 refuses n1 its vote: it voted for n2 in this term (§5.2)". */
export function voteWords(candidate: string, vote: Vote, words: BallotsWords): string {
  const { label } = words.vote
  if (vote.voter === candidate) return `${candidate} stands and gives itself its ${label}`
  if (!vote.granted) return `${vote.voter} refuses ${candidate} its ${label}${vote.why === undefined ? '' : `: ${vote.why}`}`
  return `${vote.voter} gives ${candidate} its ${label}${vote.heard ? '' : ', which has not arrived'}`
}

/** "X chosen after 4 ms", "asks for X", "given up: outbid by 2.n5 (§2.4)", as of event `seq`. */
export function roundWords(round: Round, words: RoundsWords, seq: number): string {
  const settled = round.reached.find((each) => each.seq <= seq && settles(each.phase, words))
  if (settled) return `${settled.text} ${settles(settled.phase, words)?.label} after ${formatDuration(settled.atUs - round.atUs)}`
  if (round.end && round.end.seq <= seq) return `${round.end.how}: ${round.end.why}`
  const asked = round.asked.findLast((each) => each.seq <= seq)
  if (asked) return `asks for ${asked.text}${asked.why === undefined ? '' : `: ${asked.why}`}`
  return `asks for a ${words.phases[0]?.label ?? 'word'}`
}

/** The same where there is little room: "X chosen", "asks for X", "outbid by 2.n5 (§2.4)". */
export function roundBrief(round: Round, words: RoundsWords, seq: number): string {
  const settled = round.reached.find((each) => each.seq <= seq && settles(each.phase, words))
  if (settled) return `${settled.text} ${settles(settled.phase, words)?.label}`
  if (round.end && round.end.seq <= seq) return round.end.why
  const asked = round.asked.findLast((each) => each.seq <= seq)
  return asked ? `asks for ${asked.text}` : roundWords(round, words, seq)
}

const settles = (phase: string, { phases }: RoundsWords) => phases.find(({ name }) => name === phase)?.reached

/** "n2, promise in 1.n5: X in 1.n4; it reached n5". */
export function saidWords(said: Said, round: Round, words: RoundsWords): string {
  const phase = words.phases.find(({ name }) => name === said.phase)
  const label = phase?.label ?? said.phase
  if (said.refused) return `${said.node} gives no ${label} in ${round.name}: ${said.text}`
  const text = said.text === '' ? (phase?.empty ?? '') : said.text
  const reached =
    round.by === undefined || round.by === said.node ? '' : said.heard ? `, heard by ${round.by}` : `, not heard by ${round.by}`
  return `${said.node}, ${label} in ${round.name}: ${text}${reached}`
}

/** "n3 learned X by being told". */
export const learnedWords = ({ node, text, how }: Learned, words: RoundsWords): string =>
  `${node} ${words.learned.label} ${text}${how === '' ? '' : ` ${how}`}`

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** "x, to be kept by n1, n2, n3: n1 has a | b, n2 has a. The copies are not equal." */
export function ringKeyWords({ key, list, copies, isEqual }: RingKey, words: RingWords): string {
  const own = copies.filter((copy) => copy.for === undefined).map(({ node, values }) => `${node} has ${values.join(' | ')}`)
  return `${key}, ${words.list.label} ${list.join(', ')}: ${own.join(', ') || 'nobody has it'}.${isEqual ? ' All copies are equal.' : ` ${words.differ}`}`
}

/** "n1 has a | b: siblings". */
export function copyWords({ node, values, for: target, past }: RingKey['copies'][number], words: RingWords): string {
  const what =
    target === undefined ? `${node} has ${values.join(' | ')}` : `${node} keeps ${values.join(' | ')} for ${target}: ${words.kept.label}`
  return `${what}${values.length > 1 ? `, ${words.several.label}` : ''}${past ? '. It is down: this is what it had.' : ''}`
}
