/** What clients asked and heard: the operations of a run, for judges of histories. They are no runs, and so are not imported. */
import { HistoryWriter, JepsenWriter } from '../../../protocols/check/write.ts'
import type { ExchangeFormat, ToldRun } from '../format.ts'

export const history: ExchangeFormat = {
  name: 'history',
  title: 'Operation history',
  extension: 'history.ndjson',
  help: 'What clients asked and heard, one operation a line: synod check --history judges it.',
  export: (run) => written(run, new HistoryWriter()),
}

export const edn: ExchangeFormat = {
  name: 'edn',
  title: 'Operation history for Jepsen',
  extension: 'edn',
  help: 'What clients asked and heard, in the notation of Jepsen’s histories.',
  export: (run) => written(run, new JepsenWriter()),
}

function* written({ events }: ToldRun, writer: HistoryWriter | JepsenWriter): Generator<string> {
  for (const event of events()) {
    if (event.kind === 'invoke') yield writer.invoked(event)
    else if (event.kind === 'return') yield writer.returned(event)
  }
  yield writer.end()
}
