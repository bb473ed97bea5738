/**
 * Carries a scenario out on a stage. After each deed the stage shows it, so that the next step never looks at a run in
 * which the deed has not happened yet.
 */

import type { NodeAction } from '../../protocols/core/fault.ts'
import type { FaultId, NodeId, RunId } from '../../protocols/core/ids.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import type { Moment } from '../../protocols/core/moment.ts'
import { liesOf } from '../../protocols/lies/liar.ts'
import { findProtocol } from '../../protocols/registry.ts'
import { StandstillError } from '../../protocols/sim/standstill.ts'
import type { ClientAnswer, Verdict } from '../contract/commands.ts'
import { LabError, type LabFailure } from '../contract/errors.ts'
import { isLeaderless } from './beside.ts'
import { isBreak, judgeBreaks, judgeLive } from './expect.ts'
import type { JudgedExpectation, PlacedStep, Scenario, Step, WaitFor } from './format.ts'
import { appliedEqual, factHolds, leaderEpoch, leaderOf, NobodyError, showsProgress, Words } from './resolve.ts'
import { type Asked, type Deadline, type Judged, type Stage, StepFailedError, TooLateError } from './stage.ts'
import { weather } from './storm.ts'
import { onceThere, untilFact } from './waiting.ts'

export interface ScenarioProgress {
  /** From 1; `of` steps in all. */
  readonly step: number
  readonly of: number
  readonly is: 'begun' | 'done' | 'failed'
  /** The step as it is written. */
  readonly text: string
  /** What came of it: an answer, the node that was meant, why it failed. */
  readonly detail?: string
  /** Milliseconds since the scenario began, on the clock of its stage. */
  readonly atMs: number
}

export interface ScenarioOutcome {
  readonly run: RunId
  readonly is: 'pass' | 'fail' | 'unknown'
  /**
   * What sort of failure it is: the protocol did wrong, it did nothing for too long, or it is not what the scenario expects. `unbroken`: the scenario
   * is there to break something, went through, and it was not broken.
   */
  readonly failure?: 'safety' | 'liveness' | 'expectation' | 'unbroken'
  /** The first invariant that was found broken. */
  readonly violated?: string
  /** In one sentence, when it is not a pass; names the step's line. */
  readonly why?: string
  readonly expectations: readonly JudgedExpectation[]
  /** The judgement of the protocol's invariants, when it could be asked for. */
  readonly verdict?: Verdict
  /** The disk failed under the run: that says nothing about the protocol. */
  readonly lost?: LabFailure
}

interface Problem {
  readonly is: 'fail' | 'unknown'
  readonly failure?: 'liveness' | 'expectation'
  readonly why: string
  readonly lost?: LabFailure
}

export interface RunnerOptions {
  readonly fileName?: string
  readonly onProgress?: (progress: ScenarioProgress) => void
  /** The script is shared with a run of another protocol: where nobody leads, words for leaders stand for somebody else. */
  readonly beside?: AnyProtocol
}

/** Carries the steps of a scenario out, judges, and ends the run unless it is to stay. */
export async function runScenario(stage: Stage, scenario: Scenario, options: RunnerOptions = {}): Promise<ScenarioOutcome> {
  return await new Runner(stage, scenario, options).run()
}

/** Run milliseconds after which something is told again. */
const TOLD_AGAIN_MS = 100

class Runner {
  readonly #stage: Stage
  readonly #scenario: Scenario
  readonly #options: RunnerOptions
  readonly #words: Words
  /** Nobody leads here, and the script is not of this protocol alone. */
  readonly #isLeaderless: boolean
  readonly #faults = new Map<string, FaultId>()
  readonly #beganMs: number
  /** When the steps began. */
  #openedMs = 0
  /** Why a step was passed over, if one was. */
  #passedOver: string | undefined
  /** The highest epoch that had a leader when the last fault struck. */
  #epochBefore = -1

  constructor(stage: Stage, scenario: Scenario, options: RunnerOptions) {
    this.#stage = stage
    this.#scenario = scenario
    this.#options = options
    this.#isLeaderless = options.beside !== undefined && isLeaderless(options.beside)
    this.#words = new Words(this.#isLeaderless)
    this.#beganMs = stage.nowMs()
  }

  async run(): Promise<ScenarioOutcome> {
    const stage = this.#stage
    const problem = await this.#steps()
    const live = problem ? [] : judgeLive(this.#expected(), stage.moment, this.#words)
    await stage.close()
    if (this.#scenario.afterwards === 'stop') await stage.end()
    const { expect } = this.#scenario
    const judged = await stage.judge(expect)
    const recorded = expect.breaks ? judgeBreaks(judged, expect.breaks, this.#passedOver) : judged
    return this.#outcome(problem, [...live, ...recorded.expectations], recorded)
  }

  /** What is expected of a leader is not expected where nobody leads. */
  #expected(): Scenario['expect'] {
    const { leader: _, ...rest } = this.#scenario.expect
    return this.#isLeaderless ? rest : this.#scenario.expect
  }

  /** Why it did not come to the end, or undefined. */
  async #steps(): Promise<Problem | undefined> {
    const { steps, limitMs } = this.#scenario
    try {
      await this.#stage.open()
    } catch (error) {
      return { ...this.#sort(error), why: `the run could not be watched: ${(error as Error).message}` }
    }
    this.#openedMs = this.#stage.nowMs()
    for (const [index, placed] of steps.entries()) {
      this.#say(index, placed, 'begun')
      const began = this.#stage.nowMs()
      const whole: Deadline = { atMs: this.#beganMs + limitMs, whole: true }
      const own = placed.step.withinMs === undefined ? whole : { atMs: began + placed.step.withinMs, whole: false }
      try {
        const deadline = own.atMs < whole.atMs ? own : whole
        await this.#until(placed.step.atMs, deadline)
        const detail = await this.#carryOut(placed.step, deadline)
        this.#say(index, placed, 'done', detail)
      } catch (error) {
        const why = (error as Error).message
        this.#say(index, placed, 'failed', why)
        const place = `${this.#options.fileName ?? 'step'}${this.#options.fileName === undefined ? ` ${index + 1}` : ''}:${placed.line}:${placed.column}`
        return { ...this.#sort(error), why: `${place}: ${placed.text}: ${why}` }
      }
    }
    return undefined
  }

  #sort(error: unknown): Omit<Problem, 'why'> {
    if (error instanceof TooLateError && (this.#stage.isExact || !error.whole)) return { is: 'fail', failure: 'liveness' }
    if (error instanceof StandstillError) return { is: 'fail', failure: 'liveness' }
    if (error instanceof StepFailedError || error instanceof NobodyError) return { is: 'fail', failure: 'expectation' }
    const lost = error instanceof LabError && error.code === 'disk' ? { lost: error.toFailure() } : {}
    return { is: 'unknown', ...lost }
  }

  /** A step with a time of its own does not begin before it. */
  async #until(atMs: number | undefined, deadline: Deadline): Promise<void> {
    if (atMs === undefined) return
    const { nowMs, timeScale } = { nowMs: this.#stage.nowMs(), timeScale: this.#stage.moment.timeScale }
    const leftMs = atMs - (nowMs - this.#openedMs) / timeScale
    if (leftMs > 0) await this.#stage.sleep(leftMs, deadline)
  }

  async #carryOut(step: Step, deadline: Deadline): Promise<string | undefined> {
    switch (step.do) {
      case 'wait':
        return await this.#wait(step.wait, deadline)
      case 'watch':
        return await this.#stage.watch(step.watch.ms, deadline)
      case 'client':
        return await this.#operate(step, deadline)
      case 'ask':
        return void (await this.#ask(step, deadline))
      case 'load':
        return void (await this.#stage.load(step.load === 'off' || step.load === false ? null : step.load, deadline))
      case 'crash':
        return await this.#node(step, step.crash, 'crash', deadline)
      case 'restart':
        return await this.#node(step, step.restart, 'restart', deadline)
      case 'pause':
        return await this.#node(step, step.pause, 'pause', deadline)
      case 'resume':
        return await this.#node(step, step.resume, 'resume', deadline)
      case 'wipe':
        return await this.#node(step, step.wipe, 'wipe', deadline)
      case 'add':
        return await this.#node(step, step.add, 'add', deadline)
      case 'remove':
        return await this.#node(step, step.remove, 'remove', deadline)
      case 'partition':
        return await this.#arm({ kind: 'cut', target: { groups: step.partition } }, step.as, deadline)
      case 'arm':
        return await this.#arm(step.arm, step.as, deadline)
      case 'lift': {
        const fault = this.#fault(step.lift)
        await this.#stage.lift(fault, deadline)
        return fault
      }
      case 'release':
        return `${await this.#stage.release(this.#fault(step.release))} released`
      case 'heal':
        return void (await this.#stage.heal(deadline))
      case 'clock':
      case 'disk':
        return await this.#setMachine(step, deadline)
      case 'tell':
        return await this.#tell(step, deadline)
      case 'timeScale':
        return void (await this.#stage.timeScale(step.timeScale, deadline))
      case 'storm': {
        const { ms, liars: most, tells: names } = step.storm
        const protocol = findProtocol(this.#scenario.run.protocol)
        const liars = protocol && most > 0 ? { liars: { most, lies: liesOf(protocol).map(({ name }) => name) } } : {}
        const tells = names.map((name) => {
          const control = protocol?.controls?.find((each) => each.name === name)
          if (!control) throw new NobodyError(`nodes of ${this.#scenario.run.protocol} cannot be told ${name}`)
          return control
        })
        const members = protocol?.membership ? { membership: protocol.membership } : {}
        return await weather(this.#stage, { ms, deadline, ...liars, ...members, tells, struck: () => this.#struck() })
      }
      case 'say':
        return undefined
      default:
        return step satisfies never
    }
  }

  async #wait(target: WaitFor, deadline: Deadline): Promise<string | undefined> {
    const stage = this.#stage
    const { beside } = this.#options
    if (this.#isLeaderless && (target === 'leader' || target === 'new-leader')) {
      const node = await stage.until(() => this.#words.leader(stage.moment), deadline)
      return `nobody leads here: ${node}, the first that runs, stands for it`
    }
    if (this.#isLeaderless && target === 'no-leader') return 'passed over: nobody leads here'
    if (beside && target === 'applied' && !showsProgress(beside.facts))
      return 'passed over: these nodes show nothing of how far they have come'
    if (target === 'leader') return await stage.until(() => leaderOf(stage.moment), deadline)
    if (target === 'new-leader') {
      return await stage.until(() => (leaderEpochUp(stage) > this.#epochBefore ? leaderOf(stage.moment) : undefined), deadline)
    }
    if (target === 'no-leader') return void (await stage.until(() => leaderOf(stage.moment) === undefined, deadline))
    if (target === 'applied') return void (await stage.until(() => appliedEqual(stage.moment), deadline))
    if (target === 'idle') return void (await stage.untilIdle(deadline))
    if (target === 'progress') return void (await stage.untilProgress(deadline))
    if ('ms' in target) return void (await stage.sleep(target.ms, deadline))
    if ('event' in target) return await stage.untilEvent(target.event, deadline)
    return void (await untilFact(stage, target, this.#words, deadline))
  }

  /** Once; or again and again until a fact holds, for what is told may be lost with who was told. */
  async #tell({ tell, control, with: fields, until }: Extract<Step, { do: 'tell' }>, deadline: Deadline): Promise<string> {
    // Where there is more than is told one by one, another moment takes the place of the one before: it is asked for each time.
    const now = () => this.#stage.moment
    const holds = (): boolean => until !== undefined && (until === 'applied' ? appliedEqual(now()) : factHolds(until, this.#words, now()))
    for (let times = 0; ; times++) {
      // It may hold before there is anybody to tell it again.
      const meant = await this.#mean((moment) => {
        if (times > 0 && holds()) return undefined
        return { node: this.#words.node(tell, moment), fields: this.#words.fields(fields ?? {}, moment) }
      }, deadline)
      if (meant === undefined) return times === 1 ? 'told once' : `told ${times} times`
      await this.#stage.tell(meant.node, { ...meant.fields, name: control }, deadline)
      if (until === undefined) return meant.node
      const agoMs = Math.min(TOLD_AGAIN_MS * now().timeScale, Math.max(0, deadline.atMs - this.#stage.nowMs()))
      const soon = { atMs: this.#stage.nowMs() + agoMs, whole: false }
      try {
        await this.#stage.until(holds, soon)
      } catch (error) {
        if (!(error instanceof TooLateError) || this.#stage.nowMs() >= deadline.atMs) throw error
      }
    }
  }

  async #operate({ client, expect, ...who }: Extract<Step, { do: 'client' }>, deadline: Deadline): Promise<string> {
    const answer = await this.#stage.operate(client, await this.#asked(who, deadline), deadline)
    if (!answers(answer, expect))
      throw new StepFailedError(`expected ${expect}, got ${answer.is}${answer.text === '' ? '' : `: ${answer.text}`}`)
    return `${answer.text === '' ? answer.is : answer.text} (${answer.latencyMs.toFixed(1)} ms)`
  }

  async #ask(step: Extract<Step, { do: 'ask' }>, deadline: Deadline): Promise<void> {
    await this.#stage.ask(step.ask, await this.#asked(step, deadline), deadline)
  }

  async #asked({ by, of }: { readonly by?: string | undefined; readonly of?: string | undefined }, deadline: Deadline): Promise<Asked> {
    const node = of === undefined ? {} : { of: await this.#whom(of, deadline) }
    return { ...(by === undefined ? {} : { by }), ...node }
  }

  /** Clocks and disks of real machines are not ours: there the step is passed over, and says so. */
  async #setMachine(step: Extract<Step, { do: 'clock' | 'disk' }>, deadline: Deadline): Promise<string> {
    const stage = this.#stage
    if (step.do === 'clock') {
      const node = await this.#whom(step.clock, deadline)
      if (!stage.setClock) return this.#passOver('only a simulation sets clocks')
      await stage.setClock(node, { skewMs: step.skewMs, driftPpm: step.driftPpm })
      return node
    }
    const node = await this.#whom(step.disk, deadline)
    if (!stage.setSync) return this.#passOver('only a simulation slows disks')
    await stage.setSync(node, step.syncMs === 'usual' ? undefined : step.syncMs)
    return node
  }

  /** What the words of a step mean, as soon as they mean somebody. */
  #mean<T>(look: (moment: Moment) => T, deadline: Deadline): Promise<T> {
    return onceThere(this.#stage, look, deadline)
  }

  #whom(word: string, deadline: Deadline): Promise<NodeId> {
    return this.#mean((moment) => this.#words.node(word, moment), deadline)
  }

  #passOver(why: string): string {
    this.#passedOver = why
    return `passed over: ${why}`
  }

  /** What has a time of its own holds nothing up, where that can be: the next deed comes at its own time, whether or not the node is back. */
  async #node(
    { as, atMs }: { readonly as?: string | undefined; readonly atMs?: number | undefined },
    word: string,
    action: NodeAction,
    deadline: Deadline,
  ): Promise<NodeId> {
    const id = await this.#whom(word, deadline)
    if (as !== undefined) this.#words.name(as, id)
    if (action !== 'restart' && action !== 'resume' && action !== 'add') this.#struck()
    if (atMs !== undefined && this.#stage.strike) this.#stage.strike(id, action)
    else await this.#stage.node(id, action, deadline)
    return id
  }

  async #arm(written: { readonly [key: string]: unknown }, as: string | undefined, deadline: Deadline): Promise<string> {
    const wanted = await this.#mean((moment) => this.#words.fault(written, moment), deadline)
    this.#struck()
    const fault = await this.#stage.arm(wanted, deadline)
    if (as !== undefined) this.#faults.set(as, fault)
    return fault
  }

  #struck(): void {
    this.#epochBefore = Math.max(this.#epochBefore, leaderEpoch(this.#stage.moment))
  }

  #fault(label: string): FaultId {
    const fault = this.#faults.get(label)
    if (fault === undefined) throw new NobodyError(`no fault is called ${label}`)
    return fault
  }

  #say(index: number, placed: PlacedStep, is: ScenarioProgress['is'], detail?: string): void {
    const atMs = this.#stage.nowMs() - this.#beganMs
    const { text } = placed
    this.#options.onProgress?.({
      step: index + 1,
      of: this.#scenario.steps.length,
      is,
      text,
      atMs,
      ...(detail === undefined ? {} : { detail }),
    })
  }

  #outcome(problem: Problem | undefined, expectations: readonly JudgedExpectation[], { verdict, violated }: Judged): ScenarioOutcome {
    const failed = expectations.find((expectation) => expectation.is === 'fail')
    const unknown = expectations.find((expectation) => expectation.is === 'unknown')
    const is = problem?.is === 'fail' || failed ? 'fail' : problem || unknown ? 'unknown' : 'pass'
    // a broken invariant weighs more than the step at which the scenario gave up
    const worst = failed ?? (problem ? undefined : unknown)
    const why = worst ? `${worst.text}: ${worst.why ?? worst.is}` : problem?.why
    const mild = failed && isBreak(failed) ? 'unbroken' : 'expectation'
    const failure = violated === undefined ? (problem?.failure ?? mild) : 'safety'
    return {
      ...{ run: this.#stage.run, is, expectations },
      ...(is === 'fail' ? { failure } : {}),
      ...(violated === undefined ? {} : { violated }),
      ...(why === undefined ? {} : { why }),
      ...(verdict === undefined ? {} : { verdict }),
      ...(problem?.lost === undefined ? {} : { lost: problem.lost }),
    }
  }
}

const leaderEpochUp = ({ moment }: Stage): number => {
  const leader = leaderOf(moment)
  return leader === undefined ? -1 : (moment.nodes.get(leader)?.observation?.epoch ?? -1)
}

function answers(answer: ClientAnswer, expected: string): boolean {
  if (expected === 'any') return true
  if (expected === 'ok' || expected === 'refused' || expected === 'unknown') return answer.is === expected
  return answer.is === 'ok' && answer.text === expected
}
