/** NDJSON: the whole run, exactly; or events of another program. */

import { readForeign } from '../foreignNdjson.ts'
import { foreignRun } from '../foreignRun.ts'
import type { ExchangeFormat } from '../format.ts'
import { linesOf } from '../lines.ts'
import { readNdjson, writeNdjson } from '../runNdjson.ts'

export const ndjson: ExchangeFormat = {
  name: 'ndjson',
  title: 'NDJSON',
  extension: 'ndjson',
  help: 'Every event as a line of JSON. Imported again it is the same run.',
  export: writeNdjson,
  recognises: (head) => firstLine(head).startsWith('{"'),
  import(options) {
    const { file, pulse, lineBytesMax } = options
    if (options.isOwn) return readNdjson(options)
    return foreignRun('ndjson', () => readForeign(file, linesOf(file, pulse, lineBytesMax)), options)
  },
}

const firstLine = (head: Buffer): string =>
  head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
    .split('\n', 1)[0] ?? ''
