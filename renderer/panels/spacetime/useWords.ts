/** A few words on rows that are in sight, from the recording; what is not here yet is fetched and drawn when it comes. */
import type { RunEvent } from '../../../protocols/core/event.ts'
import type { Speech } from '../../../protocols/words/speech.ts'
import { useEvents } from '../../stores/events.ts'
import { useRun } from '../../stores/run.ts'

/** Of one drawing, so many missing events are asked for: they come in pages, with their neighbours. */
const ASKED_MAX = 24

export function useWords() {
  const run = useRun()
  const events = useEvents()
  const missing = new Set<number>()

  function words(row: number): string | undefined {
    const event = events.peek(row)
    if (!event) {
      if (missing.size < ASKED_MAX) missing.add(row)
      return undefined
    }
    return wordsOf(event, run.speech)
  }

  /** Fetches what was asked for in vain. */
  function fetchMissing(): void {
    for (const row of missing) void events.ensure(row, row)
    missing.clear()
  }

  return { words, fetchMissing }
}

export function wordsOf(event: RunEvent, speech: Speech): string | undefined {
  switch (event.kind) {
    case 'step': {
      if (event.notes.length > 0) return event.notes.map(({ note, data }) => speech.note(note, data)).join(', ')
      if (event.input.kind === 'timer') return `${event.input.name} timer`
      return event.input.kind === 'start' ? 'start' : undefined
    }
    case 'send': {
      const said = speech.words(event.type, event.body)
      return said === '' ? event.type : `${event.type} · ${said}`
    }
    case 'invoke':
      return `${event.client}: ${speech.op(event.op)}`
    case 'return':
      return event.outcome.is === 'ok'
        ? speech.result(undefined, event.outcome.result)
        : event.outcome.is === 'refused'
          ? 'refused'
          : 'no answer'
    default:
      return undefined
  }
}
