/** An event of a recording as a sentence, in the words in which the window says it. */
import type { RunEvent } from '../../protocols/core/event.ts'
import { eventSentence } from '../../protocols/words/eventText.ts'
import { faultTexts } from '../../protocols/words/marks.ts'
import { speechOf } from '../../protocols/words/speech.ts'
import type { RunReader } from './reader.ts'

export function sentenceOf(reader: RunReader, event: RunEvent): string {
  const { nodes, config } = reader.header
  return eventSentence(event, {
    ...{ nodes, speech: speechOf(config.protocol, config.service) },
    sendOf: (message) => reader.sendOf(message, event.seq),
    faultText: (fault) => faultTexts(reader.marks()).get(fault),
  })
}
