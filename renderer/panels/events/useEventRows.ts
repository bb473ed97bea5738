/** The rows of the log for Vue: what stands in row i, and where the playhead's row is. */
import { computed, onScopeDispose, type Ref, shallowRef, watch } from 'vue'
import type { EventFilter } from '../../../main/contract/commands.ts'
import type { RunEvent } from '../../../protocols/core/event.ts'
import { useEvents } from '../../stores/events.ts'
import { useNotices } from '../../stores/notices.ts'
import { usePlayback } from '../../stores/playback.ts'
import { useReadout } from '../../stores/readout.ts'
import { useRun } from '../../stores/run.ts'
import { indexAt, Matches } from './rows.ts'

const ENSURE_EVERY_MS = 200
const LOADED_WAITS_MS = 500
/** A delivery is told with its send, which stands a little earlier. */
const LOOK_BACK = 200

export function useEventRows(filter: Ref<EventFilter | undefined>) {
  const run = useRun()
  const playback = usePlayback()
  const readout = useReadout()
  const events = useEvents()
  const notices = useNotices()

  const matches = shallowRef<Matches>()
  /** Grows when what is loaded of the matches changed. */
  const version = shallowRef(0)
  const searching = shallowRef(false)

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
      telling ??= setTimeout(tellLoaded, playback.mode === 'paused' ? 0 : LOADED_WAITS_MS)
    },
  )
  watch(() => readout.now, tellLoaded)

  const count = computed(() => {
    version.value
    return matches.value ? matches.value.events.length : readout.now.lastSeq
  })
  /** The row of the last event at or before the playhead; -1 before the first. */
  const current = computed(() => {
    version.value
    return matches.value ? indexAt(matches.value.events, readout.now.seq) : Math.min(readout.now.seq, readout.now.lastSeq) - 1
  })

  function seqAt(index: number): number | undefined {
    return matches.value ? matches.value.events[index]?.seq : index + 1
  }

  function eventAt(index: number): RunEvent | undefined {
    if (matches.value) return matches.value.events[index]
    loaded.value // read, so that rows are laid out again when more has come
    return events.peek(index + 1)
  }

  async function search(from: number, wanted: EventFilter): Promise<void> {
    matches.value?.stop()
    const mine = new Matches(wanted, events.read, from)
    matches.value = mine
    version.value++
    searching.value = true
    await notices.attempt(async () => {
      await mine.earlier()
      await mine.later(run.lastSeq)
    })
    if (matches.value !== mine) return
    searching.value = false
    version.value++
  }

  watch(
    [filter, () => run.id],
    ([wanted]) => {
      if (wanted) return void search(playback.mode === 'live' ? run.lastSeq : playback.seq, wanted)
      matches.value?.stop()
      matches.value = undefined
      searching.value = false
      version.value++
    },
    { immediate: true },
  )

  /** Loads earlier matches when the rows at the top are seen. Resolves with how many rows were put on top. */
  async function reachTop(): Promise<number> {
    const mine = matches.value
    if (!mine || mine.complete) return 0
    const got = (await notices.attempt(() => mine.earlier())) ?? 0
    if (matches.value === mine) version.value++
    return got
  }

  // New matches of the live end, and those around a playhead that was put elsewhere.
  let again: ReturnType<typeof setTimeout> | undefined
  watch([() => run.lastSeq, () => playback.seq], () => {
    again ??= setTimeout(() => {
      again = undefined
      const mine = matches.value
      if (!mine || searching.value) return
      if (playback.mode !== 'live' && !mine.covers(playback.seq) && playback.seq > 0 && playback.seq < mine.lookedTo)
        return void search(playback.seq, mine.filter)
      if (mine.lookedTo < run.lastSeq) void extend(mine)
    }, ENSURE_EVERY_MS)
  })

  async function extend(mine: Matches): Promise<void> {
    const got = (await notices.attempt(() => mine.later(run.lastSeq))) ?? 0
    if (got > 0 && matches.value === mine) version.value++
  }

  let wanted: { from: number; to: number } | undefined
  let asked: ReturnType<typeof setTimeout> | undefined
  /** Says which rows are seen, so that their events are fetched; at most a few times a second. */
  function see(from: number, to: number): void {
    if (matches.value) return
    wanted = { from: from + 1 - LOOK_BACK, to: to + 1 }
    asked ??= setTimeout(fetchWanted, run.sampled ? ENSURE_EVERY_MS : 30)
  }
  function fetchWanted(): void {
    asked = undefined
    if (wanted) void events.ensure(Math.max(1, wanted.from), wanted.to)
  }

  onScopeDispose(() => {
    clearTimeout(again)
    clearTimeout(asked)
    clearTimeout(telling)
    matches.value?.stop()
  })

  return { count, current, seqAt, eventAt, see, reachTop, searching, filtered: computed(() => matches.value !== undefined), loaded }
}
