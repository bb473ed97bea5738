/** Says the present event as a sentence to those who hear the window rather than see it: every event where the playhead rests, the turning points while it runs. */
import { watch } from 'vue'
import type { SendEvent } from '../../protocols/core/event.ts'
import { eventSentence, type Telling } from '../model/eventText.ts'
import { useEvents } from '../stores/events.ts'
import { useNotices } from '../stores/notices.ts'
import { usePlayback } from '../stores/playback.ts'
import { useRun } from '../stores/run.ts'

export function useSpeaker(): void {
  const run = useRun()
  const playback = usePlayback()
  const events = useEvents()
  const notices = useNotices()

  watch([() => playback.seq, () => playback.seeking], async ([seq, seeking]) => {
    if (playback.mode !== 'paused' || seeking || seq === 0) return
    const event = await events.fetch(seq)
    if (!event || playback.seq !== seq || playback.mode !== 'paused') return
    notices.speak(eventSentence(event, telling()))
  })

  watch(
    () => run.marks.length,
    (length, before) => {
      const mark = run.marks[length - 1]
      if (playback.mode === 'live' && mark && length > (before ?? 0)) notices.speak(`${mark.text}.`)
    },
  )

  function telling(): Telling {
    return { nodes: run.nodes, speech: run.speech, sendOf: (message) => sendNear(message) }
  }

  /** The send of a message, when it is among the events around the playhead. */
  function sendNear(message: number): SendEvent | undefined {
    for (let seq = playback.seq; seq > Math.max(0, playback.seq - 500); seq--) {
      const event = events.peek(seq)
      if (event?.kind === 'send' && event.message === message) return event
    }
    return undefined
  }
}
