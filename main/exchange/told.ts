/** A recorded run as formats are given it: read piece by piece from its file. */
import type { RunEvent } from '../../protocols/core/event.ts'
import { RunReader } from '../recorder/reader.ts'
import type { EndedStatus, ToldRun } from './format.ts'
import type { Pulse } from './lines.ts'

export interface OpenedRun extends ToldRun {
  close(): void
}

/** `status`: what is said of a file that nobody closed. Throws a LabError when it is no run. */
export function openTold(file: string, status: EndedStatus, pulse: Pulse = () => {}): OpenedRun {
  const reader = new RunReader(file)
  const { lastSeq } = reader
  const { name, verdict } = reader.summary(reader.header.run, false)
  return {
    header: { ...reader.header, name },
    ...{ status, verdict, lastSeq, findings: reader.findings(), bookmarks: reader.bookmarks() },
    *events() {
      for (let seq = 1; seq <= lastSeq; ) {
        const some: readonly RunEvent[] = reader.eventsAround(seq) ?? []
        for (const event of some) if (event.seq >= seq && event.seq <= lastSeq) yield event
        seq = (some.at(-1)?.seq ?? lastSeq) + 1
        pulse(Math.min(seq - 1, lastSeq))
      }
    },
    close: () => reader.close(),
  }
}
