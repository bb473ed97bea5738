/** A log for ShiViz, out and in. */
import { foreignRun } from '../foreignRun.ts'
import type { ExchangeFormat, ToldRun } from '../format.ts'
import { HostClocks } from '../hostClocks.ts'
import { HostWords } from '../hostWords.ts'
import { linesOf } from '../lines.ts'
import { isClockLine, readShiviz, shivizText } from '../shivizText.ts'

export const shiviz: ExchangeFormat = {
  name: 'shiviz',
  title: 'ShiViz log',
  extension: 'shiviz.log',
  help: 'What happened at each host, with vector clocks, for ShiViz and tools like it.',

  export: (run) => entries(run),

  recognises(head) {
    const lines = head.toString('utf8').split(/\r?\n/)
    // The last one may be cut: by itself it says nothing.
    return lines.slice(0, -1).some(isClockLine) || isClockLine(lines.at(-1) ?? '')
  },

  import(options) {
    const { file, pulse, lineBytesMax } = options
    return foreignRun('shiviz', () => readShiviz(file, linesOf(file, pulse, lineBytesMax)), options)
  },
}

function* entries({ header, events }: ToldRun): Generator<string> {
  const clocks = new HostClocks(header.nodes)
  const words = new HostWords(header)
  for (const event of events()) {
    const text = words.of(event)
    const entry = clocks.take(event, text !== undefined)
    if (entry === undefined || text === undefined) continue
    yield `${shivizText(text)}\n${entry.host} {${entry.clock.map(([host, count]) => `${JSON.stringify(host)}:${count}`).join(', ')}}\n`
  }
}
