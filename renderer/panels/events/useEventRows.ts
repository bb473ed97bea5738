/** The rows of the log for Vue: what stands in row i, and where the playhead's row is. All events by their numbers, or the matches of a query. */
import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import type { RunEvent } from '../../../protocols/core/event.ts'
import { useEvents } from '../../stores/events.ts'
import { useMatches } from '../../stores/matches.ts'
import { useNotices } from '../../stores/notices.ts'
import { usePlayback } from '../../stores/playback.ts'
import { useReadout } from '../../stores/readout.ts'
import { useRun } from '../../stores/run.ts'

const ENSURE_EVERY_MS = 200
const LOADED_WAITS_MS = 500
/** A delivery is told with its send, which stands a little earlier. */
const LOOK_BACK = 200

export function useEventRows() {
  const run = useRun()
  const playback = usePlayback()
  const readout = useReadout()
  const events = useEvents()
  const matches = useMatches()
  const notices = useNotices()

  /** What was loaded of the log meanwhile is told when the log grows on the screen: in that frame, not in one of its own. */
  const loaded = shallowRef(0)
  let telling: ReturnType<typeof setTimeout> | undefined
  function tellLoaded(): void {
    clearTimeout(telling)
    telling = undefined
    loaded.value = events.version
  }
  watch(
    () => events.version,
    () => {
      telling ??= setTimeout(tellLoaded, playback.mode === 'paused' || matches.isAsked ? 0 : LOADED_WAITS_MS)
    },
  )
  watch(() => readout.now, tellLoaded)

  const count = computed(() => (matches.isAsked ? matches.count : readout.now.lastSeq))
  /** The row of the last event at or before the playhead; -1 before the first. */
  const current = computed(() => {
    if (!matches.isAsked) return Math.min(readout.now.seq, readout.now.lastSeq) - 1
    matches.version // read, so that it is looked for again when more are known
    return matches.indexAt(readout.now.seq)
  })

  const seqAt = (index: number): number | undefined => (matches.isAsked ? matches.seqAt(index) : index + 1)

  function eventAt(index: number): RunEvent | undefined {
    loaded.value // read, so that rows are laid out again when more has come
    const seq = seqAt(index)
    return seq === undefined ? undefined : events.peek(seq)
  }

  let wanted: { from: number; to: number } | undefined
  let asked: ReturnType<typeof setTimeout> | undefined
  /** Says which rows are seen, so that their events are fetched; at most a few times a second. */
  function see(from: number, to: number): void {
    wanted = { from, to }
    asked ??= setTimeout(fetchWanted, run.sampled ? ENSURE_EVERY_MS : 30)
  }
  function fetchWanted(): void {
    asked = undefined
    if (!wanted) return
    const { from, to } = wanted
    if (!matches.isAsked) return void events.ensure(Math.max(1, from + 1 - LOOK_BACK), to + 1)
    const seqs: number[] = []
    for (let index = from; index <= to; index++) {
      const seq = matches.seqAt(index)
      if (seq !== undefined) seqs.push(seq)
    }
    void notices.attempt(() => events.pick(seqs))
  }

  onScopeDispose(() => {
    clearTimeout(asked)
    clearTimeout(telling)
  })

  return { count, current, seqAt, eventAt, see, loaded }
}
