/** Branches of runs, as the lab answers for them: one run at a time is followed, so that a branch of it begins at once. */
import type { RunId } from '../protocols/core/ids.ts'
import { BranchThread } from './branch/thread.ts'
import type { MadeBranch } from './branch/words.ts'
import type { BranchProgress } from './contract/branch.ts'
import type { ParsedRequest } from './contract/commands.ts'
import { LabError } from './contract/errors.ts'

export interface BranchesWorld {
  /** The file of a run, whether or not it is in the library. */
  fileOf(run: RunId): string
  tell(run: RunId, progress: BranchProgress): void
}

/** Where a branch is to be recorded. */
export interface BranchPlace {
  readonly run: RunId
  readonly file: string
  readonly folder: string
  readonly name: string
}

export class LabBranches {
  readonly #world: BranchesWorld
  #followed: { readonly run: RunId; readonly thread: BranchThread } | undefined

  constructor(world: BranchesWorld) {
    this.#world = world
  }

  prepare(run: RunId): void {
    this.#threadOf(run).prepare()
  }

  /** Rejects with a LabError. */
  make({ run, seq, heal, seed }: ParsedRequest<'run.branch'>, mode: 'real' | 'simulation', place: BranchPlace): Promise<MadeBranch> {
    const { folder, file, name } = place
    const disksFolder = mode === 'real' ? folder : undefined
    return this.#threadOf(run).make({ of: run, seq, run: place.run, name, file, mode, heal, seed, disksFolder })
  }

  /** Resolves when nothing of it is under way any more; `run`: only if it is this one. */
  async stop(run?: RunId): Promise<void> {
    const followed = this.#followed
    if (!followed || (run !== undefined && followed.run !== run)) return
    this.#followed = undefined
    await followed.thread.close()
  }

  #threadOf(run: RunId): BranchThread {
    const { fileOf, tell } = this.#world
    const known = this.#followed
    if (known?.run === run && !known.thread.isClosed) return known.thread
    void this.stop()
    const file = fileOf(run)
    const thread = new BranchThread(file, (progress) => tell(run, progress))
    this.#followed = { run, thread }
    return thread
  }
}

/** Throws a LabError where nothing can be begun now. */
export function checkFree(live: { readonly run: RunId; readonly name: string } | undefined, of: RunId): void {
  if (live && live.run !== of)
    throw new LabError('start-failed', `The run "${live.name}" is live, and a lab runs one at a time.`, 'Stop it first.')
}
