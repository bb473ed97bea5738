/** Events of one recording put into another one, as the bytes that taps and links would have brought. */
import type { RunEvent } from '../../protocols/core/event.ts'
import { type EventWriter, writeEvent } from '../../protocols/wire/chunkEvents.ts'
import type { RunHeader } from '../recorder/header.ts'
import type { Recorder } from '../recorder/recorder.ts'
import { tablesOf } from '../recorder/runFile.ts'

const encoder = new TextEncoder()

/** `timeOf`: of a time there, the time here. */
export function transcribe(recorder: Recorder, events: Iterable<RunEvent>, header: RunHeader, timeOf: (us: number) => number): void {
  const writer: EventWriter = {
    tables: tablesOf(header),
    get firstSeq() {
      return recorder.lastSeq + 1
    },
    count: 0,
    tapStep: (endpoint, life, bytes, view, at, end) => recorder.tap(endpoint, life, bytes, view, at, end),
    tapText: (endpoint, life, bytes, view, at, end) => recorder.tap(endpoint, life, bytes, view, at, end),
    frame: (bytes, view, at, end, sentUs, handedUs) => recorder.frame(bytes, view, at, end, sentUs, handedUs),
    deliver: (atUs, message, copy) => recorder.deliver(atUs, message, copy),
    drop: (atUs, message, copy, why) => recorder.drop(atUs, message, copy, why),
    hold: (atUs, message, fault) => recorder.hold(atUs, message, fault),
    local: () => {},
    told: () => {},
  }
  for (const recorded of events) {
    const event = { ...recorded, atUs: timeOf(recorded.atUs) }
    const { seq: _, ...unnumbered } = event
    if (event.kind === 'node' || event.kind === 'action' || event.kind === 'reject' || event.kind === 'output' || event.kind === 'local')
      recorder.event(encoder.encode(JSON.stringify(unnumbered)))
    else writeEvent(writer, event)
  }
}
