/** What the parts of the space-time panel share: the axis, the stretch of it that is looked at, and the drawing, which grows with the run. */
import { computed, markRaw, shallowRef, watch } from 'vue'
import { endpointIds } from '../../../protocols/core/ids.ts'
import { familyToken } from '../../model/hues.ts'
import { useColumns } from '../../stores/columns.ts'
import { usePlayback } from '../../stores/playback.ts'
import { useReadout } from '../../stores/readout.ts'
import { useRun } from '../../stores/run.ts'
import { useSeats } from '../../stores/seats.ts'
import { type Band, bandsOf, bandsWithin } from './bands.ts'
import { Drawing } from './drawing.ts'
import type { AxisKind } from './placement.ts'
import type { TurningPoint, TypeLook } from './scene.ts'
import { panned, type Stretch, showing, whole, zoomed } from './view.ts'

/** At a live end, so much of it is seen. */
const LIVE_US = 1_500_000
const LIVE_STEPS = 60
/** Room behind the live end, as a share of what is seen. */
const LIVE_ROOM = 0.04
/** Of a long recording that is opened, so many rows before the playhead are looked at first, and half as many behind it. */
const NEAR_LOOK_ROWS = 300
/** Of a frame so long is spent on taking rows in, so many at once: what is more waits for the next. */
const GROW_MS = 8
const ROWS_AT_ONCE = 2000

export type Diagram = ReturnType<typeof useDiagram>

export function useDiagram() {
  const store = useColumns()
  const run = useRun()
  const readout = useReadout()
  const playback = usePlayback()
  const seats = useSeats()

  const axis = shallowRef<AxisKind>('time')
  const down = shallowRef(false)
  /** Of all that is read; and of a long recording, until then, what lies round the playhead. */
  const all = shallowRef(markRaw(new Drawing(store.columns, axis.value)))
  const near = shallowRef<Drawing>()
  /** Grows when the drawing does. */
  const version = shallowRef(0)
  /** What the person looks at; undefined: the whole axis, or its live end. */
  const stretch = shallowRef<Stretch>()
  const following = shallowRef(true)
  const liveSize = shallowRef<number>()

  const endpoints = computed(() => endpointIds(run.nodes))
  const turningPoints = computed<TurningPoint[]>(() =>
    run.marks.flatMap(({ seq: row, kind, text, epoch }): TurningPoint[] => {
      if (kind === 'violation') return [{ row, kind, text }]
      return kind === 'leader' ? [{ row, kind, text: `${run.speech.epochName} ${epoch}` }] : [] // whose lane it is stands beside it
    }),
  )
  const types = computed<TypeLook[]>(() =>
    (run.overview?.messageTypes ?? []).map((name) => {
      const family = run.speech.family(name)
      return { name, family, token: familyToken(family), style: run.speech.style(name) }
    }),
  )
  const end = computed(() => {
    version.value
    const known = all.value.end
    return axis.value === 'time' ? Math.max(known, readout.now.lengthUs) : known
  })
  const isLive = computed(() => playback.mode === 'live')
  /** Where of what is near something is known, on the axis. */
  const nearReach = computed<Stretch | undefined>(() => {
    const columns = near.value?.columns
    if (!columns) return undefined
    const to = columns.count >= run.lastSeq ? Number.POSITIVE_INFINITY : (columns.atUs[columns.count] as number)
    return { from: columns.atUs[columns.first] as number, to }
  })
  const shown = computed<Stretch>(() => {
    if (isLive.value && following.value) {
      const size = liveSize.value ?? (axis.value === 'time' ? LIVE_US : LIVE_STEPS)
      const to = end.value + size * LIVE_ROOM
      return { from: to - size, to }
    }
    return stretch.value ?? whole(end.value, axis.value)
  })

  const drawing = computed<Drawing>(() => {
    const [reach, { from, to }] = [nearReach.value, shown.value]
    return reach && from >= reach.from && to <= reach.to ? (near.value as Drawing) : all.value
  })
  /** Of what is near the bands come from what is near, too: of the rest some have their begin read, and not yet their end. */
  const bands = computed<Band[]>(() => {
    const { columns } = drawing.value
    const { moment, seq, atUs } = readout.now
    if (drawing.value === all.value) return bandsOf(store.turns, endpoints.value, run.config?.spares, seats.isEmpty)
    if (!moment || !columns.has(seq)) return bandsOf(store.nearTurns, endpoints.value, 0, seats.isEmpty)
    const first = { seq: columns.first, atUs: columns.atUs[columns.first] as number }
    return bandsWithin(store.nearTurns, endpoints.value, first, { seq, atUs, nodes: moment.nodes, faults: moment.faults }, seats.isEmpty)
  })
  /** False while only what lies round the playhead is drawn: of the causes of what is there not all are known. */
  const isWhole = computed(() => drawing.value === all.value)
  /** Up to where on the axis the recording is read, where that is not its end. */
  const readTo = computed(() => {
    version.value
    return isWhole.value && !isLive.value && (store.progress < 1 || all.value.behind > 0) ? all.value.end : undefined
  })

  const behind = computed(() => {
    version.value
    return all.value.behind
  })

  /** Takes in some of what is new. True: there is more. */
  function grow(): boolean {
    if (all.value.behind === 0) return false
    const untilMs = performance.now() + GROW_MS
    do all.value.grow(ROWS_AT_ONCE)
    while (all.value.behind > 0 && performance.now() < untilMs)
    if (all.value.behind === 0 && store.progress >= 1) store.letGoOfNear()
    version.value++
    return all.value.behind > 0
  }

  /** The playhead with some hundred events round it. */
  function lookNear(): void {
    const { columns } = near.value as Drawing
    const here = Math.max(columns.first, Math.min(readout.now.seq || columns.count, columns.count))
    const from = columns.atUs[Math.max(columns.first, here - NEAR_LOOK_ROWS)] as number
    const to = columns.atUs[Math.min(columns.count, here + NEAR_LOOK_ROWS / 2)] as number
    stretch.value = { from, to: to + (to - from) * LIVE_ROOM }
  }

  function look(next: Stretch): void {
    if (isLive.value && following.value) following.value = false
    stretch.value = next
  }

  function zoomBy(factor: number, round = (shown.value.from + shown.value.to) / 2): void {
    const next = zoomed(shown.value, round, factor, end.value, axis.value)
    if (isLive.value && following.value) liveSize.value = next.to - next.from
    else stretch.value = next
  }

  const panBy = (by: number): void => look(panned(shown.value, by, end.value, axis.value))
  const lookAt = (from: number, to: number): void => {
    const room = Math.max(to - from, 1e-9) * 0.08
    look(zoomed({ from: from - room, to: to + room }, (from + to) / 2, 1, end.value, axis.value))
  }
  function showAll(): void {
    following.value = false
    stretch.value = undefined
  }
  /** Brings a place into sight. */
  function show(place: number): void {
    if (Number.isNaN(place)) return
    const next = showing(shown.value, place, end.value, axis.value)
    if (next !== shown.value) look(next)
  }

  function followEnd(): void {
    following.value = true
    playback.goLive()
  }

  /** The same events stay in sight. */
  function turnTo(next: AxisKind): void {
    if (next === axis.value) return
    const before = drawing.value
    store.letGoOfNear() // elsewhere than in time it has no place of its own
    const after = markRaw(new Drawing(store.columns, next))
    const seen = shown.value
    let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    after.placement.grow()
    if (stretch.value)
      for (const lane of before.marks)
        lane.visit(seen.from, seen.to, (row) => {
          const place = after.placement.ofRow(row)
          if (place < from) from = place
          if (place > to) to = place
        })
    axis.value = next
    all.value = after
    liveSize.value = undefined
    stretch.value = undefined
    grow()
    if (from < to) stretch.value = zoomed({ from, to }, (from + to) / 2, 1.05, Math.max(to, end.value), next)
  }

  watch(
    () => store.columns,
    (columns) => {
      all.value = markRaw(new Drawing(columns, axis.value))
      stretch.value = undefined
      liveSize.value = undefined
      following.value = true
      version.value++
    },
  )

  watch(
    () => store.near,
    (columns) => {
      near.value = columns && axis.value === 'time' ? markRaw(new Drawing(columns, 'time')) : undefined
      near.value?.grow()
      if (near.value && !stretch.value) lookNear()
    },
    { immediate: true, flush: 'sync' },
  )

  /** Where the playhead goes while it is moved or plays, the diagram goes, as long as it shows a part. */
  watch([() => readout.now.atUs, () => readout.now.seq, isLive], ([atUs, seq, live]) => {
    if (live || !stretch.value) return
    show(axis.value === 'time' ? atUs : drawing.value.placement.ofRow(Math.max(1, Math.min(seq, drawing.value.columns.count))))
  })
  // Where a person paused a live run, the diagram stays.
  watch(isLive, (live, before) => {
    if (live) following.value = true
    else if (before && following.value) {
      const size = liveSize.value ?? (axis.value === 'time' ? LIVE_US : LIVE_STEPS)
      if (run.isLive) stretch.value = showing({ from: end.value * 1.01 - size, to: end.value * 1.01 }, end.value, end.value, axis.value)
    }
  })

  return {
    ...{
      store,
      axis,
      down,
      drawing,
      isWhole,
      readTo,
      behind,
      version,
      stretch,
      following,
      endpoints,
      bands,
      turningPoints,
      types,
      end,
      isLive,
      shown,
    },
    ...{ grow, look, lookAt, zoomBy, panBy, showAll, show, followEnd, turnTo },
  }
}
