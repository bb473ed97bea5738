/**
 * The playhead: which event, and which time, every view shows. Live, paused and playing are one thing: the moment at the
 * playhead is exact in each, asked of the lab where the playhead jumps and folded from events where it walks. Moving it
 * never touches the recording.
 */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { NodeId } from '../../protocols/core/ids.ts'
import { advance, decodeMoment, type Moment } from '../../protocols/core/moment.ts'
import { type Flight, FlightLog } from '../model/flights.ts'
import { nextStop } from '../model/marks.ts'
import { type Snapshot, snapshot } from '../model/snapshot.ts'
import { useEvents } from './events.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { useRun } from './run.ts'

export type Mode = 'live' | 'paused' | 'playing'
export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10] as const

/** Live views show what was a tenth of a second ago, so that a message's arrival is known when its way is drawn. */
const LIVE_LAG_US = 100_000
/** Events fetched ahead while playing, and looked at around a playhead at rest. */
const AHEAD = 1500
const AROUND = 400
/** Events taken in at most in one frame of playing. */
const EVENTS_PER_FRAME = 4000

export const usePlayback = defineStore('playback', () => {
  const lab = useLab()
  const run = useRun()
  const events = useEvents()
  const notices = useNotices()

  const mode = shallowRef<Mode>('paused')
  /** The last event that has happened at the playhead. */
  const seq = shallowRef(0)
  /** The time at the playhead, real microseconds since the run began; moves smoothly between events. */
  const atUs = shallowRef(0)
  const speed = shallowRef(1)
  const moment = shallowRef<Snapshot>()
  /** True while the moment of a jump is still on its way. */
  const seeking = shallowRef(false)
  const atEnd = computed(() => seq.value >= run.lastSeq)

  let cursor: Moment | undefined
  let replayFlights = new FlightLog()
  let jump = 0
  let frame = 0
  let lastFrameMs = 0
  /** The last event that the flights of the replay know. */
  let fedTo = 0

  watch(
    () => run.isOpen,
    (open) => {
      if (open) return run.isLive ? goLive() : void jumpTo(run.lastSeq)
      mode.value = 'paused'
      moment.value = undefined
      cursor = undefined
      replayFlights = new FlightLog()
      seq.value = 0
      atUs.value = 0
      cancelFrame()
    },
  )

  watch(
    () => run.now,
    (now) => {
      if (mode.value !== 'live' || !now) return
      seq.value = now.seq
      moment.value = now
    },
    { flush: 'sync' }, // the live moment is the end of the recording, never one behind it
  )

  // A live run that ends under the playhead leaves it at the end, at rest.
  watch(
    () => run.isLive,
    (live) => {
      if (!live && mode.value === 'live') void jumpTo(run.lastSeq)
    },
  )

  function goLive(): void {
    if (!run.isLive) return void jumpTo(run.lastSeq)
    jump++
    seeking.value = false
    mode.value = 'live'
    if (run.now) {
      seq.value = run.now.seq
      moment.value = run.now
    }
    schedule()
  }

  /** Puts the playhead right after the event `to` and leaves it there. Of many jumps in a row only the last is carried out. */
  async function jumpTo(to: number, timeUs?: number): Promise<void> {
    const target = Math.max(0, Math.min(Math.round(to), run.lastSeq))
    const mine = ++jump
    mode.value = 'paused'
    seq.value = target
    if (timeUs !== undefined) atUs.value = timeUs
    const id = run.id
    if (id === undefined) return
    if (walkTo(target)) {
      seeking.value = false
      if (timeUs === undefined && cursor) atUs.value = cursor.atUs
      publish()
      void lookAround(mine)
      return
    }
    seeking.value = true
    try {
      const data = await run.momentAfter(target)
      if (mine !== jump || run.id !== id) return
      cursor = decodeMoment(data)
      atUs.value = timeUs ?? cursor.atUs
      publish()
      void lookAround(mine)
    } catch (error) {
      if (mine === jump) notices.fail(error)
    } finally {
      if (mine === jump) seeking.value = false
    }
  }

  /** Walks the cursor forwards when all events on the way are here. */
  function walkTo(target: number): boolean {
    if (!cursor || target < cursor.seq || target - cursor.seq > AHEAD) return false
    for (let next = cursor.seq + 1; next <= target; next++) if (!events.peek(next)) return false
    for (let next = cursor.seq + 1; next <= target; next++) {
      const event = events.peek(next)
      if (event) advance(cursor, event)
    }
    return true
  }

  /** Learns what was sent and what arrives near the playhead, so that messages stand where they were. */
  async function lookAround(mine: number): Promise<void> {
    const here = seq.value
    await events.ensure(here - AROUND, here + AROUND)
    if (mine !== jump || mode.value !== 'paused') return
    feedFlights(here - AROUND, here + AROUND)
    if (cursor && cursor.seq === seq.value) publish()
  }

  function feedFlights(from: number, to: number): void {
    replayFlights = new FlightLog()
    fedTo = Math.max(0, from - 1)
    for (let next = Math.max(1, from); next <= to; next++) {
      const event = events.peek(next)
      if (event) {
        replayFlights.take(event)
        fedTo = next
      } else if (next > seq.value) break // what comes later is fed when it is here
    }
    if (cursor) replayFlights.takeMoment([...cursor.inFlight.values()])
  }

  function publish(): void {
    if (cursor) moment.value = snapshot(cursor, moment.value)
  }

  /** The last event at or before a time. */
  async function seqAt(us: number): Promise<number | undefined> {
    const id = run.id
    return id === undefined ? undefined : (await lab.call('run.seek', { run: id, atUs: Math.max(0, Math.min(us, run.lengthUs)) })).seq
  }

  /** Puts the playhead at a time. */
  async function seekTime(us: number): Promise<void> {
    const id = run.id
    if (id === undefined) return
    const mine = ++jump
    mode.value = 'paused'
    const time = Math.max(0, Math.min(us, run.lengthUs))
    atUs.value = time
    seeking.value = true
    try {
      const found = await lab.call('run.seek', { run: id, atUs: time })
      if (mine === jump) await jumpTo(found.seq, time)
    } catch (error) {
      if (mine !== jump) return
      seeking.value = false
      notices.fail(error)
    }
  }

  function play(): void {
    if (!run.isOpen || mode.value !== 'paused') return
    if (run.isLive && atEnd.value) return goLive()
    mode.value = 'playing'
    if (atEnd.value) {
      mode.value = 'paused'
      const begin = jumpTo(0, 0)
      void begin.then(() => play())
      return
    }
    feedFlights(seq.value - AROUND, seq.value + AROUND)
    void events.ensure(seq.value + 1, seq.value + AHEAD)
    schedule()
  }

  function pause(): void {
    if (mode.value === 'paused') return
    if (mode.value === 'live') {
      void jumpTo(seq.value)
      return
    }
    mode.value = 'paused'
    cancelFrame()
    void lookAround(jump)
  }

  const toggle = (): void => (mode.value === 'paused' ? play() : pause())

  async function stepBy(count: number): Promise<void> {
    await jumpTo(seq.value + count)
  }

  /** To the next (1) or last (-1) event that concerns a node. */
  async function stepNode(node: NodeId, direction: 1 | -1): Promise<void> {
    await notices.attempt(async () => {
      // A read stops after a while even when it found nothing.
      for (let from: number | undefined = seq.value + direction; from !== undefined && from >= 1; ) {
        const found: Awaited<ReturnType<typeof events.read>> = await events.read(
          `node:${node}`,
          from,
          1,
          direction === 1 ? 'forward' : 'backward',
        )
        const [event] = found.events
        if (event) return await jumpTo(event.seq)
        from = found.next
      }
    })
  }

  /** To the next (1) or last (-1) fault, crash or violation on the timeline. */
  async function stepMark(direction: 1 | -1): Promise<void> {
    const mark = nextStop(run.marks, seq.value, direction)
    if (mark) await jumpTo(mark.seq)
  }

  function setSpeed(next: number): void {
    speed.value = Math.max(0.1, Math.min(10, next))
  }

  /** Messages near the playhead: on a link at its time, or gone from it less than `trailUs` before. For drawing loops; not reactive. */
  function flightsNow(trailUs = 0): Flight[] {
    return (mode.value === 'live' ? run.flights : replayFlights).at(atUs.value, trailUs)
  }

  function schedule(): void {
    if (frame !== 0) return
    lastFrameMs = performance.now()
    frame = requestAnimationFrame(tick)
  }

  function cancelFrame(): void {
    cancelAnimationFrame(frame)
    frame = 0
  }

  function tick(nowMs: number): void {
    frame = 0
    if (mode.value === 'live')
      atUs.value = Math.max(0, run.lengthUs + ((performance.now() - run.heardAtMs) * 1000 - LIVE_LAG_US) * run.pace)
    else if (mode.value === 'playing') walk((nowMs - lastFrameMs) * 1000 * speed.value)
    if (mode.value === 'paused') return
    lastFrameMs = nowMs
    frame = requestAnimationFrame(tick)
  }

  function walk(byUs: number): void {
    if (!cursor) return
    const target = Math.min(atUs.value + Math.max(0, byUs), Math.max(run.lengthUs, atUs.value))
    const before = cursor.seq
    for (let taken = 0; taken < EVENTS_PER_FRAME; taken++) {
      const event = events.peek(cursor.seq + 1)
      if (!event) {
        if (cursor.seq >= run.lastSeq) return finish()
        void events.ensure(cursor.seq + 1, cursor.seq + AHEAD)
        atUs.value = Math.max(atUs.value, cursor.atUs) // wait for what comes next
        break
      }
      if (event.atUs > target) {
        atUs.value = target
        break
      }
      advance(cursor, event)
      atUs.value = Math.min(target, Math.max(atUs.value, event.atUs))
    }
    if (cursor.seq !== before) {
      seq.value = cursor.seq
      publish()
    }
    if (!events.peek(Math.min(run.lastSeq, cursor.seq + AHEAD))) void events.ensure(cursor.seq + 1, cursor.seq + AHEAD)
    feedAhead(cursor.seq)
  }

  /** While playing, the flights are fed from the events ahead, each once. */
  function feedAhead(here: number): void {
    for (let next = Math.max(fedTo, here - AROUND) + 1; next <= here + AROUND; next++) {
      const event = events.peek(next)
      if (!event) return
      replayFlights.take(event)
      fedTo = next
    }
  }

  function finish(): void {
    if (run.isLive) return goLive()
    mode.value = 'paused'
    if (cursor) {
      seq.value = cursor.seq
      atUs.value = Math.max(cursor.atUs, Math.min(atUs.value, run.lengthUs))
    }
    publish()
  }

  return {
    mode,
    seq,
    atUs,
    speed,
    moment,
    seeking,
    atEnd,
    goLive,
    jumpTo,
    seekTime,
    seqAt,
    play,
    pause,
    toggle,
    stepBy,
    stepNode,
    stepMark,
    setSpeed,
    flightsNow,
  }
})
