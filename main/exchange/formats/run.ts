/** The run file itself: a whole copy. Out and in it goes by the recorder, which alone knows what is in it. */
import type { ExchangeFormat } from '../format.ts'

export const run: ExchangeFormat = {
  name: 'synod',
  title: 'Run file',
  extension: 'synod',
  help: 'Everything, as Synod keeps it itself: the file to share.',
  recognises: (head) => head.toString('latin1', 0, 15) === 'SQLite format 3',
}
