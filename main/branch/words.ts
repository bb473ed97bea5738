/** What a branch begins with, as it crosses between threads, and what is said to the thread that makes it. */
import type { RunConfig } from '../../protocols/core/config.ts'
import type { RunId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import type { MomentData } from '../../protocols/core/moment.ts'
import type { Cut } from '../../protocols/sim/cut.ts'
import type { Letter } from '../../protocols/sim/sink.ts'
import type { BranchProgress } from '../contract/branch.ts'
import type { LabFailure } from '../contract/errors.ts'
import type { RunHeader } from '../recorder/header.ts'

/** A cut whose states are plain data. */
export interface FrozenCut extends Omit<Cut, 'nodes'> {
  readonly nodes: readonly (Omit<Cut['nodes'][number], 'state'> & { readonly state: Json | undefined })[]
}

/** What a run begins with that begins in the middle. */
export interface Beginning {
  readonly cut: FrozenCut
  /** What the run looked like then. */
  readonly moment: MomentData
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

export type ToBranching =
  /** Follow the run in the background. */
  { readonly do: 'prepare' } | { readonly do: 'make'; readonly call: number; readonly wanted: BranchWanted }

export type FromBranching =
  | { readonly kind: 'progress'; readonly progress: BranchProgress }
  | { readonly kind: 'made'; readonly call: number; readonly made: MadeBranch }
  | { readonly kind: 'failed'; readonly call: number; readonly failure: LabFailure }

export interface BranchingSettings {
  /** The file of the run that is left. */
  readonly file: string
}

export function freeze(cut: Cut, protocol: AnyProtocol): FrozenCut {
  const nodes = cut.nodes.map(({ state, unsent, ...node }) => ({
    ...node,
    state: state === undefined ? undefined : protocol.encode(state),
    unsent: unsent.map(plain),
  }))
  return { ...cut, nodes }
}

export function thaw(cut: FrozenCut, protocol: AnyProtocol): Cut {
  return {
    ...cut,
    nodes: cut.nodes.map((node) => ({ ...node, state: node.state === undefined ? undefined : protocol.decode(node.state) })),
  }
}

/** What a step says may share its state's own collections. */
const plain = (letter: Letter): Letter => ({ ...letter, body: JSON.parse(JSON.stringify(letter.body)) })
