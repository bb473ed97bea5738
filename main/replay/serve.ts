/** The inside of the replay thread: answers questions about open recordings, in the order in which they come. */
import type { MessagePort } from 'node:worker_threads'
import type { RunId } from '../../protocols/core/ids.ts'
import type { Verdict } from '../contract/commands.ts'
import { LabError } from '../contract/errors.ts'
import { Replay } from './replay.ts'
import type { Recording } from './source.ts'
import type { FromReplay, ToReplay } from './words.ts'

/** `open` opens a run file; it throws a LabError when that is none. */
export function serveReplay(port: MessagePort, open: (file: string) => Recording): void {
  const views = new Map<number, Replay>()
  const tell = (word: FromReplay) => port.postMessage(word)

  const answer = (word: ToReplay): unknown => {
    if (word.ask === 'open') {
      const options = {
        onVerdict: (run: RunId, verdict: Verdict) => tell({ run, verdict }),
        onTrouble: (run: RunId, error: LabError) => tell({ run, trouble: error.toFailure() }),
      }
      views.set(word.view, new Replay(word.run, open(word.file), options))
      return null
    }
    const view = views.get(word.view)
    if (!view) throw new LabError('not-found', 'The run is not open.')
    switch (word.ask) {
      case 'overview':
        return view.overview(word.live)
      case 'events':
        return view.recording.events(word.request)
      case 'event':
        return view.recording.event(word.seq)
      case 'find':
        return view.recording.find(word.request)
      case 'pick':
        return view.recording.pick(word.seqs)
      case 'message':
        return inPieces(view.recording.message(word.message))
      case 'causes':
        return inPieces(view.recording.causes(word.seq))
      case 'moment':
        return view.recording.moment(word.seq)
      case 'seek':
        return { seq: view.recording.seek(word.atUs) }
      case 'columns':
        return view.recording.columns(word.from, word.rows)
      case 'states':
        return view.states(word.seq, word.whole)
      case 'panel':
        view.prepare()
        return view.panels.answer(word.request)
      case 'since':
        view.prepare()
        return view.panels.since(word.request)
      case 'bookmarks':
        return view.recording.bookmarks()
      case 'prepare':
        view.prepare()
        return null
      case 'statePart':
        return view.statePart(word.request)
      case 'diff':
        return view.diff(word.request)
      case 'changes':
        return view.changes(word.request)
      case 'lane':
        return view.lane(word.request)
      case 'check':
        return view.check()
      case 'follow':
        view.follow(word.on)
        return null
      case 'close':
        view.close()
        views.delete(word.view)
        return null
      default:
        return word satisfies never
    }
  }

  port.on('message', async (word: ToReplay) => {
    try {
      tell({ id: word.id, answer: await answer(word) })
      views.get(word.view)?.answered()
    } catch (error) {
      const known = error instanceof LabError ? error : new LabError('internal', `Reading the run failed: ${(error as Error).message}`)
      tell({ id: word.id, failure: known.toFailure() })
    }
  })
}

/** Others are answered between the pieces. */
async function inPieces<T>(work: Generator<undefined, T>): Promise<T> {
  for (let turn = work.next(); ; turn = work.next()) {
    if (turn.done) return turn.value
    await new Promise<void>((resume) => setImmediate(resume))
  }
}
