/**
 * Carries a scenario out over a LabClient: commands and the stream of changes, nothing else, so that it runs wherever a
 * client is. After each deed it waits until the recording shows it, so that the next step never looks at a run in
 * which the deed has not happened yet.
 */
import type { ActionEvent } from '../../protocols/core/event.ts'
import type { FaultId, NodeId, RunId } from '../../protocols/core/ids.ts'
import type { NodeMoment } from '../../protocols/core/moment.ts'
import type { LabClient } from '../contract/client.ts'
import type { ClientAnswer, Verdict } from '../contract/commands.ts'
import { LabError, type LabFailure } from '../contract/errors.ts'
import { type JudgedExpectation, judgeLive, judgeRecording } from './expect.ts'
import type { PlacedStep, Scenario, Step, WaitFor } from './format.ts'
import { appliedEqual, factHolds, leaderEpoch, leaderOf, NobodyError, Words } from './resolve.ts'
import { type Deadline, RunView, TooLateError } from './view.ts'

export interface ScenarioProgress {
  /** From 1; `of` steps in all. */
  readonly step: number
  readonly of: number
  readonly is: 'begun' | 'done' | 'failed'
  /** The step as it is written. */
  readonly text: string
  /** What came of it: an answer, the node that was meant, why it failed. */
  readonly detail?: string
  /** Real milliseconds since the scenario began. */
  readonly atMs: number
}

export interface ScenarioOutcome {
  readonly run: RunId
  readonly is: 'pass' | 'fail' | 'unknown'
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
  readonly why: string
  readonly lost?: LabFailure
}

export interface RunnerOptions {
  readonly fileName?: string
  readonly onProgress?: (progress: ScenarioProgress) => void
}

/** Carries the steps of a scenario out on a live run, judges, and ends the run unless it is to stay. */
export async function runScenario(
  client: LabClient,
  run: RunId,
  scenario: Scenario,
  options: RunnerOptions = {},
): Promise<ScenarioOutcome> {
  return await new Runner(client, run, scenario, options).run()
}

/** A step that did not do what was expected of it. */
class StepFailedError extends Error {
  override readonly name = 'StepFailedError'
}

class Runner {
  readonly #client: LabClient
  readonly #run: RunId
  readonly #scenario: Scenario
  readonly #options: RunnerOptions
  readonly #view: RunView
  readonly #words = new Words()
  readonly #faults = new Map<string, FaultId>()
  readonly #beganMs = performance.now()
  /** The highest epoch that had a leader when the last fault struck. */
  #epochBefore = -1

  constructor(client: LabClient, run: RunId, scenario: Scenario, options: RunnerOptions) {
    this.#client = client
    this.#run = run
    this.#scenario = scenario
    this.#options = options
    this.#view = new RunView(client, run)
  }

  async run(): Promise<ScenarioOutcome> {
    const problem = await this.#steps()
    const live = problem ? [] : judgeLive(this.#scenario.expect, this.#view.moment, this.#words)
    await this.#view.close()
    if (this.#scenario.afterwards === 'stop') await this.#client.call('runs.stop', { run: this.#run }).catch(() => undefined)
    const recorded = await judgeRecording(this.#client, this.#run, this.#scenario.expect)
    return this.#outcome(problem, [...live, ...recorded.expectations], recorded.verdict)
  }

  /** Why it did not come to the end, or undefined. */
  async #steps(): Promise<Problem | undefined> {
    const { steps, limitMs } = this.#scenario
    try {
      await this.#view.open()
    } catch (error) {
      return { is: 'unknown', why: `the run could not be watched: ${(error as Error).message}` }
    }
    for (const [index, placed] of steps.entries()) {
      this.#say(index, placed, 'begun')
      const began = performance.now()
      const whole: Deadline = { atMs: this.#beganMs + limitMs, whole: true }
      const own = placed.step.withinMs === undefined ? whole : { atMs: began + placed.step.withinMs, whole: false }
      try {
        const detail = await this.#carryOut(placed.step, own.atMs < whole.atMs ? own : whole)
        this.#say(index, placed, 'done', detail)
      } catch (error) {
        const why = (error as Error).message
        this.#say(index, placed, 'failed', why)
        const place = `${this.#options.fileName ?? 'step'}${this.#options.fileName === undefined ? ` ${index + 1}` : ''}:${placed.line}:${placed.column}`
        const definite = error instanceof StepFailedError || error instanceof NobodyError || (error instanceof TooLateError && !error.whole)
        const lost = error instanceof LabError && error.code === 'disk' ? { lost: error.toFailure() } : {}
        return { is: definite ? 'fail' : 'unknown', why: `${place}: ${placed.text}: ${why}`, ...lost }
      }
    }
    return undefined
  }

  async #carryOut(step: Step, deadline: Deadline): Promise<string | undefined> {
    switch (step.do) {
      case 'wait':
        return await this.#wait(step.wait, deadline)
      case 'client':
        return await this.#operate(step.client, step.expect, deadline)
      case 'load': {
        const load = step.load === 'off' || step.load === false ? null : step.load
        return await this.#recorded(
          (action) => action.do === 'load',
          deadline,
          () => this.#client.call('run.load', { run: this.#run, load }),
        )
      }
      case 'crash':
        return await this.#node(step.crash, step.as, 'crash', (node) => node.status === 'down', deadline)
      case 'restart': {
        const life = this.#view.moment.nodes.get(this.#words.node(step.restart, this.#view.moment))?.life ?? 0
        return await this.#node(step.restart, step.as, 'restart', (node) => node.status === 'up' && node.life > life, deadline)
      }
      case 'pause':
        return await this.#node(step.pause, step.as, 'pause', (node) => node.status === 'paused', deadline)
      case 'resume':
        return await this.#node(step.resume, step.as, 'resume', (node) => node.status === 'up', deadline)
      case 'wipe':
        return await this.#node(step.wipe, step.as, 'wipe', (node) => node.wiped, deadline)
      case 'partition':
        return await this.#arm({ kind: 'cut', target: { groups: step.partition } }, step.as, deadline)
      case 'arm':
        return await this.#arm(step.arm, step.as, deadline)
      case 'lift': {
        const fault = this.#fault(step.lift)
        await this.#client.call('run.lift', { run: this.#run, fault })
        await this.#view.until(() => !this.#view.moment.faults.has(fault), deadline)
        return fault
      }
      case 'release': {
        const { released } = await this.#client.call('run.release', { run: this.#run, fault: this.#fault(step.release) })
        return `${released} released`
      }
      case 'heal': {
        await this.#client.call('run.heal', { run: this.#run })
        const healed = () => {
          const { faults, nodes } = this.#view.moment
          return faults.size === 0 && [...nodes.values()].every((node) => node.status === 'up')
        }
        await this.#view.until(healed, deadline)
        return undefined
      }
      case 'timeScale':
        await this.#client.call('run.timeScale', { run: this.#run, scale: step.timeScale })
        await this.#view.until(() => this.#view.moment.timeScale === step.timeScale, deadline)
        return undefined
      case 'say':
        return undefined
      default:
        return step satisfies never
    }
  }

  async #wait(target: WaitFor, deadline: Deadline): Promise<string | undefined> {
    const view = this.#view
    if (target === 'leader') return await view.until(() => leaderOf(view.moment), deadline)
    if (target === 'new-leader') {
      return await view.until(() => (leaderEpochUp(view) > this.#epochBefore ? leaderOf(view.moment) : undefined), deadline)
    }
    if (target === 'no-leader') return void (await view.until(() => leaderOf(view.moment) === undefined, deadline))
    if (target === 'applied') return void (await view.until(() => appliedEqual(view.moment), deadline))
    if (target === 'idle') return void (await this.#idle(deadline))
    if ('ms' in target) return void (await view.pass(target.ms * view.moment.timeScale, deadline))
    if ('event' in target) {
      let from = view.moment.seq + 1
      return await view.until(async () => {
        let found: string | undefined
        from = await view.scan(from, target.event, (event) => {
          found = `${event.kind} at event ${event.seq}`
          return true
        })
        return found
      }, deadline)
    }
    return void (await view.until(() => factHolds(target, this.#words, view.moment), deadline))
  }

  /** No load, and every operation that was invoked has returned. */
  async #idle(deadline: Deadline): Promise<void> {
    const open = new Set<number>()
    let from = 1
    await this.#view.until(async () => {
      if (this.#view.moment.load !== undefined) return false
      from = await this.#view.scan(from, { types: ['invoke', 'return'] }, (event) => {
        if (event.kind === 'invoke') open.add(event.operation)
        if (event.kind === 'return') open.delete(event.operation)
        return false
      })
      return open.size === 0
    }, deadline)
  }

  async #operate(text: string, expected: string, deadline: Deadline): Promise<string> {
    const from = this.#view.moment.seq + 1
    const answer = await intime(this.#client.call('run.client', { run: this.#run, text }), deadline)
    await this.#view.until(async () => {
      let found = false
      await this.#view.scan(from, { types: ['return'] }, (event) => {
        found = event.kind === 'return' && event.operation === answer.operation
        return found
      })
      return found
    }, deadline)
    if (!answers(answer, expected))
      throw new StepFailedError(`expected ${expected}, got ${answer.is}${answer.text === '' ? '' : `: ${answer.text}`}`)
    return `${answer.text === '' ? answer.is : answer.text} (${answer.latencyMs.toFixed(1)} ms)`
  }

  async #node(
    word: string,
    as: string | undefined,
    action: 'crash' | 'restart' | 'pause' | 'resume' | 'wipe',
    done: (node: NodeMoment) => boolean,
    deadline: Deadline,
  ): Promise<NodeId> {
    const id = this.#words.node(word, this.#view.moment)
    if (as !== undefined) this.#words.name(as, id)
    if (action !== 'restart' && action !== 'resume') this.#struck()
    await intime(this.#client.call('run.node', { run: this.#run, node: id, action }), deadline)
    await this.#view.until(() => {
      const node = this.#view.moment.nodes.get(id)
      return node !== undefined && done(node)
    }, deadline)
    return id
  }

  async #arm(written: { readonly [key: string]: unknown }, as: string | undefined, deadline: Deadline): Promise<string> {
    const wanted = this.#words.fault(written, this.#view.moment)
    this.#struck()
    const fault = await this.#client.call('run.arm', { run: this.#run, fault: wanted })
    if (as !== undefined) this.#faults.set(as, fault.id)
    await this.#view.until(() => this.#view.moment.faults.has(fault.id), deadline)
    return fault.id
  }

  /** Does something and waits until an action of its sort is recorded. */
  async #recorded(is: (action: ActionEvent['action']) => boolean, deadline: Deadline, act: () => Promise<unknown>): Promise<undefined> {
    let from = this.#view.moment.seq + 1
    await act()
    await this.#view.until(async () => {
      let found = false
      from = await this.#view.scan(from, { types: ['action'] }, (event) => {
        found = event.kind === 'action' && is(event.action)
        return found
      })
      return found
    }, deadline)
    return undefined
  }

  #struck(): void {
    this.#epochBefore = Math.max(this.#epochBefore, leaderEpoch(this.#view.moment))
  }

  #fault(label: string): FaultId {
    const fault = this.#faults.get(label)
    if (fault === undefined) throw new NobodyError(`no fault is called ${label}`)
    return fault
  }

  #say(index: number, placed: PlacedStep, is: ScenarioProgress['is'], detail?: string): void {
    const atMs = performance.now() - this.#beganMs
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

  #outcome(problem: Problem | undefined, expectations: readonly JudgedExpectation[], verdict: Verdict | undefined): ScenarioOutcome {
    const failed = expectations.find((expectation) => expectation.is === 'fail')
    const unknown = expectations.find((expectation) => expectation.is === 'unknown')
    const is = problem?.is === 'fail' || failed ? 'fail' : problem || unknown ? 'unknown' : 'pass'
    // a broken invariant weighs more than the step at which the scenario gave up
    const worst = failed ?? (problem ? undefined : unknown)
    const why = worst ? `${worst.text}: ${worst.why ?? worst.is}` : problem?.why
    return {
      ...{ run: this.#run, is, expectations },
      ...(why === undefined ? {} : { why }),
      ...(verdict === undefined ? {} : { verdict }),
      ...(problem?.lost === undefined ? {} : { lost: problem.lost }),
    }
  }
}

const leaderEpochUp = (view: RunView): number => {
  const leader = leaderOf(view.moment)
  return leader === undefined ? -1 : (view.moment.nodes.get(leader)?.observation?.epoch ?? -1)
}

function answers(answer: ClientAnswer, expected: string): boolean {
  if (expected === 'any') return true
  if (expected === 'ok' || expected === 'refused' || expected === 'unknown') return answer.is === expected
  return answer.is === 'ok' && answer.text === expected
}

/** The promise, or TooLateError when the deadline comes first. */
async function intime<T>(promise: Promise<T>, deadline: Deadline): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLateError(deadline.whole)), Math.max(0, deadline.atMs - performance.now()))
  })
  try {
    return await Promise.race([promise, late])
  } catch (error) {
    // an operation on a node that is down is the scenario's mistake, not the lab's
    if (error instanceof LabError && (error.code === 'node-down' || error.code === 'bad-request')) throw new StepFailedError(error.message)
    throw error
  } finally {
    clearTimeout(timer)
  }
}
