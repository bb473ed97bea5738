/** The thread that judges one history: reads it or takes a run's events, judges in slices, says how far it is, answers once. */
import { parentPort, workerData } from 'node:worker_threads'
import { judging } from '../../protocols/check/linearizability.ts'
import type { AnyModel } from '../../protocols/check/model.ts'
import { findModel } from '../../protocols/check/models/index.ts'
import { LabError } from '../contract/errors.ts'
import type { JudgeProgress } from '../contract/history.ts'
import { readHistoryFile } from './file.ts'
import { report, type ToldHistory } from './report.ts'
import { RunHistory } from './runHistory.ts'
import type { FromJudge, HistoryJob, ToJudge } from './words.ts'

const TELL_MS = 250

const port = parentPort
if (!port) throw new Error('main/check/worker.ts is the entry of a worker thread: see main/check/thread.ts')
const tell = (word: FromJudge) => port.postMessage(word)
let toldAt = performance.now()
const progress = (now: JudgeProgress): void => {
  if (performance.now() - toldAt < TELL_MS) return
  toldAt = performance.now()
  tell({ progress: now })
}

const job = workerData as HistoryJob
try {
  const history = await collect(job, modelOf(job))
  const run = judging(history.model, history.operations, { now: () => performance.now(), ...job.limits })
  let turn = run.next()
  for (; !turn.done; turn = run.next()) progress(turn.value)
  tell({ report: report(history, turn.value, job.of === 'file' || job.order) })
} catch (error) {
  const known = error instanceof LabError ? error : new LabError('internal', `Judging the history failed: ${(error as Error).message}`)
  tell({ failure: known.toFailure() })
} finally {
  port.close()
}

function modelOf({ model }: HistoryJob): AnyModel {
  const found = findModel(model)
  if (!found) throw new LabError('bad-request', `There is no model "${model}".`)
  return found
}

async function collect(from: HistoryJob, model: AnyModel): Promise<ToldHistory> {
  if (from.of === 'file') return await readHistoryFile(from.file, model, (operations) => progress({ doing: 'reading', operations }))
  const history = new RunHistory()
  await new Promise<void>((resolve) =>
    port?.on('message', (word: ToJudge) => {
      if ('end' in word) resolve()
      else history.add(word.events)
    }),
  )
  const told = history.told(model)
  if ('problem' in told) throw new LabError('bad-request', `The run's history cannot be judged: ${told.problem}`)
  return told
}
