/** Branches of runs, as the lab answers for them: one run at a time is followed, so that a branch of it begins at once. */
import type { RunConfig } from '../protocols/core/config.ts'
import type { RunId } from '../protocols/core/ids.ts'
import { BranchThread } from './branch/thread.ts'
import type { MadeBranch } from './branch/words.ts'
import type { BranchProgress } from './contract/branch.ts'
import type { ParsedRequest, RunSummary } from './contract/commands.ts'
import { LabError } from './contract/errors.ts'
import type { Handlers } from './labBorder.ts'
import type { LabLive, RunPlace } from './labLive.ts'
import type { RunLibrary } from './recorder/index.ts'

export interface BranchesWorld {
  readonly library: RunLibrary
  readonly live: LabLive
  /** Throws a LabError where nothing may be recorded. */
  mayWrite(): void
  /** The file of a run, whether or not it is in the library. */
  fileOf(run: RunId): string
  summaryOf(run: RunId): Promise<RunSummary>
  tell(run: RunId, progress: BranchProgress): void
}

type Commands = 'run.branch' | 'run.branch.prepare' | 'run.branch.stop'

export class LabBranches {
  readonly #world: BranchesWorld
  /** How many branches were made ready for, so that each has a file of its own. */
  #foretold = 0
  #followed: { readonly run: RunId; readonly thread: BranchThread } | undefined

  constructor(world: BranchesWorld) {
    this.#world = world
  }

  commands<From>(): Pick<Handlers<From>, Commands> {
    return {
      'run.branch': async (request) => ({ run: await this.#branch(request) }),
      'run.branch.prepare': async ({ run, mode, seq }) => {
        const { library, live, mayWrite, summaryOf } = this.#world
        mayWrite()
        this.#threadOf(run).prepare(seq === undefined ? undefined : { seq, part: library.partOf(`branch ${++this.#foretold}`) })
        const { nodes, mode: own = 'real' } = await summaryOf(run)
        if (own !== 'imported') live.foresee(mode ?? own, nodes)
        return null
      },
      'run.branch.stop': async ({ run }) => {
        await this.stop(run)
        return null
      },
    }
  }

  /** Resolves when nothing of it is under way any more; `run`: only if it is this one. */
  async stop(run?: RunId): Promise<void> {
    const followed = this.#followed
    if (!followed || (run !== undefined && followed.run !== run)) return
    this.#followed = undefined
    await followed.thread.close()
  }

  /** What is live goes on until the branch is made, and when it cannot be made, nothing has ended. */
  async #branch(request: ParsedRequest<'run.branch'>): Promise<RunId> {
    const { library, live, mayWrite, summaryOf } = this.#world
    const { run: of, seq } = request
    mayWrite()
    return await live.alone(async () => {
      if (live.current && !request.endLive) throw wouldEnd(library.summary(live.current.run).name)
      await live.of(of)?.flush()
      const { name: was, mode: own = 'real', nodes } = await summaryOf(of)
      if (own === 'imported') throw imported()
      const mode = request.mode ?? own
      live.foresee(mode, nodes) // they start while the cut is made
      const name = (request.name ?? `${was}, from event ${seq}`).slice(0, 120)
      const place = { ...library.create(name), name }
      try {
        const branch = await this.#make(request, mode, place)
        await live.end()
        await live.startBranch(place, branch)
      } catch (error) {
        library.discard(place.run)
        throw error
      }
      return place.run
    })
  }

  /** Rejects with a LabError. */
  #make({ run, seq, heal, seed }: ParsedRequest<'run.branch'>, mode: RunConfig['mode'], place: RunPlace): Promise<MadeBranch> {
    const { folder, file, name } = place
    const disksFolder = mode === 'real' ? folder : undefined
    return this.#threadOf(run).make({ of: run, seq, run: place.run, name, file, mode, heal, seed, disksFolder })
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

const imported = (): LabError =>
  new LabError('bad-request', 'This run was imported: what its nodes held in memory is not recorded.', 'Branch from a run that Synod made.')

const wouldEnd = (name: string): LabError =>
  new LabError(
    'start-failed',
    `The run "${name}" is live, and a lab runs one at a time: the branch would end it.`,
    'Wait until it has ended, or say that it may be ended: what it recorded stays whole.',
  )
