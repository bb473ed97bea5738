/** Says the present event as a sentence to those who hear the window rather than see it: every event where the playhead rests, the turning points while it runs. */
import { watch } from 'vue'
import { eventSentence } from '../../protocols/words/eventText.ts'
import { useEvents } from '../stores/events.ts'
import { useNotices } from '../stores/notices.ts'
import { usePlayback } from '../stores/playback.ts'
import { useRun } from '../stores/run.ts'
import { useTelling } from '../stores/telling.ts'

export function useSpeaker(): void {
  const run = useRun()
  const playback = usePlayback()
  const events = useEvents()
  const notices = useNotices()
  const telling = useTelling()

  watch([() => playback.seq, () => playback.seeking], async ([seq, seeking]) => {
    if (playback.mode !== 'paused' || seeking || seq === 0) return
    const event = await events.fetch(seq)
    if (!event || playback.seq !== seq || playback.mode !== 'paused') return
    notices.speak(eventSentence(event, telling.value))
  })

  watch(
    () => run.marks.length,
    (length, before) => {
      const mark = run.marks[length - 1]
      if (playback.mode === 'live' && mark && length > (before ?? 0)) notices.speak(`${mark.text}.`)
    },
  )
}
