/** What must be true when the steps are done: of the run as it then stands, and of its whole recording. */

import type { RunId } from '../../protocols/core/ids.ts'
import type { Moment } from '../../protocols/core/moment.ts'
import type { LabClient } from '../contract/client.ts'
import type { Verdict } from '../contract/commands.ts'
import type { Expectations, FactTest, JudgedExpectation } from './format.ts'
import { OperationsSeen } from './operations.ts'
import { appliedEqual, factHolds, factShown, leaderOf, NobodyError, progressOf, running, type Words } from './resolve.ts'
import type { Judged } from './stage.ts'

/** The expectations that look at the nodes as they are now. */
export function judgeLive(expected: Expectations, moment: Moment, words: Words): JudgedExpectation[] {
  const judged: JudgedExpectation[] = []
  if (expected.leader !== undefined) {
    const leader = leaderOf(moment)
    const why = leader === undefined ? 'no running node leads' : `${leader} leads`
    judged.push(verdict(expected.leader ? 'a leader' : 'no leader', (leader !== undefined) === expected.leader, why))
  }
  if (expected.applied !== undefined) {
    const values = progressOf(moment)
    const why = values === undefined ? 'a running node shows no progress fact' : `the running nodes show ${values.join(', ')}`
    judged.push(verdict('every running node has applied the same', appliedEqual(moment), why))
  }
  if (expected.running !== undefined) {
    const count = running(moment).length
    judged.push(verdict(`${expected.running} nodes run`, count === expected.running, `${count} run`))
  }
  for (const test of expected.facts ?? []) {
    const text = `${test.of ?? 'every node'}: ${test.fact} ${test.is} ${test.value}`
    judged.push(judgeFact(text, test, words, moment))
  }
  return judged
}

/** The expectations that read the whole recording. */
export async function judgeRecording(client: LabClient, run: RunId, expected: Expectations): Promise<Judged> {
  const expectations: JudgedExpectation[] = []
  if (expected.operations !== undefined) {
    expectations.push(await guarded('operations', () => judgeOperations(client, run, expected.operations === 'ok')))
  }
  let found: Verdict | undefined
  expectations.push(
    await guarded(HOLD[0], async () => {
      found = await client.call('run.check', { run })
      const first = found.violations[0]
      const why = first ? `${first.invariant} at event ${first.seq}: ${first.text}` : (found.why ?? found.divergence)
      return { text: HOLD[0], is: found.is, ...(found.is === 'pass' || why === undefined ? {} : { why }) }
    }),
  )
  const violated = found?.violations[0]?.invariant
  const broken = [...new Set(found?.violations.map(({ invariant }) => invariant))]
  return { expectations, broken, ...(found === undefined ? {} : { verdict: found }), ...(violated === undefined ? {} : { violated }) }
}

/** What holds whether or not it is asked for, unless the scenario is there to break it. */
export const HOLD = ['the invariants hold', 'the history is linearizable'] as const

const BREAKS = 'it breaks'

export const isBreak = ({ text }: JudgedExpectation): boolean => text.startsWith(`${BREAKS} `)

/** Of a scenario that breaks something on purpose: it passes when what it names is found broken, and says so when it is not. `passedOver`: why a step was not carried out; then that nothing broke shows nothing. */
export function judgeBreaks(judged: Judged, breaks: readonly string[], passedOver?: string): Judged {
  const { violated: _, ...rest } = judged
  const { broken = [], expectations } = judged
  const isUnknown = broken.length === 0 && expectations.some(({ text, is }) => text === HOLD[0] && is === 'unknown')
  if (isUnknown) return judged
  const found = breaks.map((name): JudgedExpectation => {
    const text = `${BREAKS} ${name}`
    const what = broken.length === 0 ? 'nothing is broken' : `broken is ${broken.join(', ')}`
    if (passedOver !== undefined && !broken.includes(name))
      return { text, is: 'unknown', why: `${what}, and a step was passed over: ${passedOver}` }
    return verdict(text, broken.includes(name), what)
  })
  return { ...rest, expectations: [...expectations.filter(({ text }) => !HOLD.some((held) => held === text)), ...found] }
}

async function judgeOperations(client: LabClient, run: RunId, allOk: boolean): Promise<JudgedExpectation> {
  const seen = new OperationsSeen()
  let from: number | undefined = 1
  while (from !== undefined) {
    const page: Awaited<ReturnType<typeof client.call<'run.events'>>> = await client.call('run.events', {
      run,
      from,
      limit: 5000,
      where: 'kind:invoke,return',
    })
    for (const event of page.events) {
      if (event.kind === 'invoke') seen.invoked(event.operation, event.seq)
      else if (event.kind === 'return') seen.returned(event.operation, event.outcome, event.seq)
    }
    from = page.next
  }
  return seen.judge(allOk)
}

function judgeFact(text: string, test: FactTest, words: Words, moment: Moment): JudgedExpectation {
  try {
    return verdict(text, factHolds(test, words, moment), factShown(test, words, moment))
  } catch (error) {
    if (!(error instanceof NobodyError)) throw error
    return { text, is: 'fail', why: error.message }
  }
}

const verdict = (text: string, holds: boolean, why: string): JudgedExpectation => (holds ? { text, is: 'pass' } : { text, is: 'fail', why })

async function guarded(text: string, judge: () => Promise<JudgedExpectation>): Promise<JudgedExpectation> {
  try {
    return await judge()
  } catch (error) {
    return { text, is: 'unknown', why: (error as Error).message }
  }
}
