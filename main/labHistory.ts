/** Judges the history of a recorded run: the operations of its clients against the model of its service. */
import { findModel } from '../protocols/check/models/index.ts'
import type { RunEvent } from '../protocols/core/event.ts'
import { type JudgeOptions, judgeRun } from './check/index.ts'
import { LabError } from './contract/errors.ts'
import type { HistoryReport } from './contract/history.ts'
import type { RunView } from './replay/index.ts'

const PAGE = 5000

/** Undefined when there is no model of the run's service. */
export async function judgeHistory(view: RunView, options: JudgeOptions): Promise<HistoryReport | undefined> {
  const { service } = (await view.overview(false)).config
  if (!findModel(service)) return undefined
  try {
    return await judgeRun(operationEvents(view), service, options)
  } catch (error) {
    // Recorded by something that speaks otherwise: the invariants can be judged all the same.
    if (!(error instanceof LabError) || error.code !== 'bad-request') throw error
    return {
      is: 'unknown',
      why: error.message,
      guarantee: 'unknown',
      model: service,
      operations: 0,
      unheard: 0,
      parts: 0,
      undecided: 0,
      violations: [],
    }
  }
}

async function* operationEvents(view: RunView): AsyncGenerator<readonly RunEvent[]> {
  let from: number | undefined = 1
  while (from !== undefined) {
    const page: Awaited<ReturnType<RunView['events']>> = await view.events({
      from,
      limit: PAGE,
      direction: 'forward',
      where: 'kind:invoke,return',
    })
    yield page.events
    from = page.next
  }
}
