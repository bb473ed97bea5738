import type { Invariant } from '../core/invariant.ts'
import type { PbftMessage } from './messages.ts'
import type { PbftState } from './state.ts'
export const invariants: readonly Invariant<PbftState, PbftMessage>[] = []
