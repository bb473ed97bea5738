/** What a branch begins with, as it crosses between threads, and what is said to the thread that makes it. */
import type { RunConfig } from '../../protocols/core/config.ts'
import type { RunId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import type { MomentData } from '../../protocols/core/moment.ts'
import type { Cut } from '../../protocols/sim/cut.ts'
import { type FramedFlights, type Frames, flightsIn, framedFlights, framesOf, lettersIn } from '../../protocols/sim/framed.ts'
import { readText } from '../../protocols/wire/bytes.ts'
import type { BranchProgress } from '../contract/branch.ts'
import type { LabFailure } from '../contract/errors.ts'
import type { RunHeader } from '../recorder/header.ts'

/**
 * A cut whose states and disks are text and whose letters are frames, which cross faster than the tens of thousands of things in them; or are
 * left out, when processes find them in their folders.
 */
export interface FrozenCut extends Omit<Cut, 'nodes' | 'flights'> {
  readonly nodes: readonly FrozenNode[]
  readonly flights: FramedFlights
}

/** UTF-8 in its own buffer, which changes hands. */
type Text = Uint8Array<ArrayBuffer>
const encoder = new TextEncoder()
export const frozen = (value: unknown): Text => encoder.encode(JSON.stringify(value))

export interface FrozenNode extends Omit<Cut['nodes'][number], 'state' | 'disk' | 'unsent' | 'inbox'> {
  /** As the protocol encodes it; undefined when there is none, or it is left out. */
  readonly state: Text | undefined
  readonly disk: Text
  readonly unsent: Frames
  readonly inbox: Frames
}

/** What a run begins with that begins in the middle. */
export interface Beginning {
  readonly cut: FrozenCut
  /** What the run looked like then: JSON of a `MomentData`, for it holds every message on its way once more. */
  readonly moment: Text
  /** Of that, what is asked for on the way. */
  readonly was: Pick<MomentData, 'nodes' | 'timeScale'>
  /** Of the recording, real microseconds; and how many real milliseconds were one of run time. */
  readonly atUs: number
  readonly timeScale: number
  readonly seed: number
  readonly heal: boolean
}

/** A branch that is made: its file has its past, and its header is written. */
export interface MadeBranch {
  readonly header: RunHeader & { readonly config: RunConfig }
  readonly beginning: Beginning
}

export interface BranchWanted {
  /** The run that it leaves, and where. */
  readonly of: RunId
  readonly seq: number
  readonly run: RunId
  readonly name: string
  /** The run file; must not exist. */
  readonly file: string
  readonly mode: RunConfig['mode']
  readonly heal: boolean
  readonly seed: number | undefined
  /** Where processes find their disks: a folder a node is made in it. */
  readonly disksFolder: string | undefined
}

/** Where a branch is likely to begin, and a file in which its past may be put together. */
export interface Likely {
  readonly seq: number
  readonly part: string
}

export type ToBranching =
  /** Follow the run in the background; a branch at `likely` may soon be wanted. */
  | { readonly do: 'prepare'; readonly likely: Likely | undefined }
  | { readonly do: 'make'; readonly call: number; readonly wanted: BranchWanted }

export type FromBranching =
  | { readonly kind: 'progress'; readonly progress: BranchProgress }
  | { readonly kind: 'made'; readonly call: number; readonly made: MadeBranch }
  | { readonly kind: 'failed'; readonly call: number; readonly failure: LabFailure }

export interface BranchingSettings {
  /** The file of the run that is left. */
  readonly file: string
}

export function freeze({ nodes, flights, ...cut }: Cut, protocol: AnyProtocol): FrozenCut {
  const frozenNodes = nodes.map(({ state, unsent, inbox, disk, ...node }) => ({
    ...node,
    state: state === undefined ? undefined : frozen(protocol.encode(state)),
    disk: frozen(disk),
    unsent: framesOf(unsent),
    inbox: framesOf(inbox),
  }))
  return { ...cut, nodes: frozenNodes, flights: framedFlights(flights) }
}

/** Disks and letters are read when somebody looks. */
export function thaw({ nodes, flights, ...cut }: FrozenCut, protocol: AnyProtocol): Cut {
  const thawed = nodes.map(({ state, disk: text, unsent, inbox, ...node }) => ({
    ...node,
    state: state === undefined ? undefined : protocol.decode(JSON.parse(readText(state))),
    get disk() {
      return JSON.parse(readText(text)) as Json[]
    },
    unsent: lettersIn(unsent),
    inbox: lettersIn(inbox),
  }))
  return { ...cut, nodes: thawed, flights: flightsIn(flights) }
}

/** What changes hands with it. */
export const buffersOf = ({ cut: { nodes, flights }, moment }: Beginning): ArrayBuffer[] => [
  moment.buffer,
  ...nodes.flatMap(({ state, disk, unsent, inbox }) => [disk.buffer, unsent.buffer, inbox.buffer, ...(state ? [state.buffer] : [])]),
  flights.frames.buffer,
  flights.fates.buffer,
]

export function withoutMemory(cut: FrozenCut): FrozenCut {
  return { ...cut, nodes: cut.nodes.map((node) => ({ ...node, state: undefined, disk: frozen([]) })) }
}
