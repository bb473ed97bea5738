/**
 * A failing run as data that can be made smaller: the cluster, the seed of all its dice, and what is done to it at which
 * time. A trial is a scenario in all but its text, so whatever is tried is what `synod sim` will do with the file.
 */
import { membersOf, type RunConfig } from '../../../protocols/core/config.ts'
import { nodeIds, runId } from '../../../protocols/core/ids.ts'
import type { AnyProtocol } from '../../../protocols/core/machine.ts'
import type { AnyService } from '../../../protocols/core/service.ts'
import type { Expectations, Scenario, Step } from '../../scenario/format.ts'
import { runScenario, type ScenarioOutcome } from '../../scenario/runner.ts'
import { LINEARIZABILITY } from '../heard.ts'
import { SimStage } from '../stage.ts'
import { Letters, type Sent } from './letters.ts'

export interface Trial {
  readonly run: RunConfig
  readonly steps: readonly Step[]
  readonly expect: Expectations
  /** Simulated milliseconds. */
  readonly limitMs: number
}

/** What runs it. */
export interface Bench {
  readonly protocol: AnyProtocol
  readonly service: AnyService
  /** Controls that nodes may be told: those of the scenario. */
  readonly tells?: readonly string[]
  /** So many may lie in a storm. None where nothing says whether the mistake is at fault, or the lie. */
  readonly liars?: number
}

export interface Attempt {
  /** How it failed, in words that are the same for failures of the same kind; undefined when it did not. */
  readonly failure: string | undefined
  /** Everything in it was done, and came out as it should. */
  readonly passed: boolean
  readonly why: string | undefined
  /** What happened: as many as its recording has, apart from the states that this keeps for the sake of replay. */
  readonly events: number
  /** When the invariant was broken: milliseconds after the steps began. */
  readonly violatedAtMs: number | undefined
  /** Read when it is asked for. */
  sent(): readonly Sent[]
}

export interface AttemptOptions {
  readonly eventsMax?: number
  readonly stopsAtViolation?: boolean
}

export async function attempt(trial: Trial, bench: Bench, options: AttemptOptions = {}): Promise<Attempt> {
  const letters = new Letters()
  const stage = new TrialStage({ run: runId('trial'), config: trial.run, ...bench, ...options, sink: letters })
  return attempted(stage, await carryOut(stage, trial), { trial, letters })
}

export function attempted(stage: TrialStage, outcome: Outcome, { trial, letters }: { trial: Trial; letters: Letters }): Attempt {
  const [found] = stage.judging.found
  // Looked at whatever else is wrong with it: a lie to a client weighs more than a step that came too late.
  const heardUs = found ? undefined : stage.heard.violatedAtUs
  const atUs = found?.atUs ?? heardUs
  return {
    failure: heardUs === undefined ? failureOf(outcome, trial) : LINEARIZABILITY,
    passed: outcome.is === 'pass' && heardUs === undefined,
    why: outcome.why,
    events: stage.simulation.events,
    violatedAtMs: atUs === undefined ? undefined : stage.sinceOpened(atUs),
    sent: () => letters.read(stage.simulation.endpoints, stage.simulation.messageTypes, (sentUs) => stage.sinceOpened(sentUs)),
  }
}

/** A stage that knows when its steps began. */
export class TrialStage extends SimStage {
  openedMs = 0

  override async open(): Promise<void> {
    await super.open()
    this.openedMs = this.nowMs()
  }

  /** Milliseconds after the steps began, to the microsecond. */
  sinceOpened(atUs: number): number {
    return Math.max(0, Math.round(atUs - this.openedMs * 1e3)) / 1e3
  }
}

type Outcome = ScenarioOutcome & { /** The one that failed. */ readonly step: number | undefined }

export async function carryOut(stage: SimStage, trial: Trial, onStep?: (index: number) => void): Promise<Outcome> {
  let step: number | undefined
  const outcome = await runScenario(stage, scenarioOf(trial), {
    onProgress: (progress) => {
      if (progress.is === 'begun') onStep?.(progress.step - 1)
      if (progress.is === 'failed') step = progress.step - 1
    },
  })
  return { ...outcome, step }
}

/** Failures of the same kind have the same words: the invariant; or what was waited for, or expected, in vain. */
function failureOf({ is, failure, violated, step, expectations }: Outcome, trial: Trial): string | undefined {
  if (violated !== undefined) return violated
  if (is !== 'fail') return undefined
  if (step !== undefined) return `${failure}: ${inWords(trial.steps[step] as Step)}`
  return `${failure}: ${expectations.find((expectation) => expectation.is === 'fail')?.text}`
}

function scenarioOf({ run, steps, expect, limitMs }: Trial): Scenario {
  const placed = steps.map((step, index) => ({ step, line: index + 1, column: 1, text: step.do }))
  return { name: 'trial', run, steps: placed, expect, limitMs, afterwards: 'stop' }
}

/** Of one step, whether it came to nothing or to something else: who waits less hears no answer, and not a wrong one. */
export const isOfOneStep = (a: string, b: string): boolean => a.slice(a.indexOf(':')) === b.slice(b.indexOf(':'))

/** A step in a few words, without its time. */
function inWords(step: Step): string {
  const what: unknown = (step as { [key: string]: unknown })[step.do]
  return `${step.do} ${typeof what === 'string' ? what : JSON.stringify(what)}`
}

/** Otherwise something is waited for or expected in vain. */
export const isSafety = ({ steps }: Pick<Trial, 'steps'>): boolean => steps.at(-1)?.do === 'watch'

/** Whether the protocol runs at all on so many nodes, with these options. */
export function fits(run: RunConfig, { protocol }: Bench): boolean {
  const { min, max } = protocol.clusterSize
  const members = membersOf(run)
  if (run.spares >= run.nodes || members.length < min || run.nodes > max) return false
  const options = protocol.options.safeParse(run.options)
  return options.success && protocol.refuse?.(options.data, nodeIds(run.nodes), members) === undefined
}
