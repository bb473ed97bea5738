/** The moments of a run that a person looks for; `words/marks.ts` finds them and says what they are. */
import type { NodeId } from './ids.ts'

/** A moment on the timeline that a person looks for. */
export interface Mark {
  readonly seq: number
  readonly atUs: number
  /** `no`: a node does not do what it was told. */
  readonly kind:
    | 'leader'
    | 'stepDown'
    | 'crash'
    | 'restart'
    | 'pause'
    | 'resume'
    | 'wipe'
    | 'add'
    | 'remove'
    | 'fault'
    | 'lift'
    | 'violation'
    | 'load'
    | 'no'
  readonly text: string
  readonly node?: NodeId
  readonly epoch?: number
  readonly fault?: string
  /** Of a `no`: why, to which control where it says so, whom it is about where that is not `node` itself, and whether it can be asked again in a while. */
  readonly no?: {
    readonly why: string
    readonly says?: 'refuses' | 'gives up'
    readonly control?: string
    readonly about?: readonly NodeId[]
    readonly later?: boolean
  }
}
