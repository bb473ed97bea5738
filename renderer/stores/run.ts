/**
 * The open run: what it is, its recording so far, and `now`, the moment at the recording's end. While a run is live its
 * end moves; nothing else differs. Where the person looks is the playback store's matter, not this one's.
 */
import { defineStore } from 'pinia'
import { computed, markRaw, nextTick, shallowRef } from 'vue'
import type { Overview, ProtocolInfo, RunSummary, ServiceInfo, Verdict } from '../../main/contract/commands.ts'
import { LabError } from '../../main/contract/errors.ts'
import type { Foreign } from '../../main/contract/exchange.ts'
import type { Change } from '../../main/contract/stream.ts'
import type { RecordedConfig } from '../../protocols/core/config.ts'
import type { NodeId, RunId } from '../../protocols/core/ids.ts'
import type { Mark } from '../../protocols/core/mark.ts'
import { advance, decodeMoment, firstMoment, type Moment, type MomentData } from '../../protocols/core/moment.ts'
import { type Speech, speechOf } from '../../protocols/words/speech.ts'
import { type Density, growDensity } from '../model/density.ts'
import { FlightLog } from '../model/flights.ts'
import { wearHues } from '../model/hues.ts'
import { type Snapshot, snapshot } from '../model/snapshot.ts'
import { useEvents } from './events.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'

/** However much is still asked for by then, a run that was opened is judged. */
const CHECK_WAITS_MS = 3000

type Grew = Extract<Change, { kind: 'grew' }>

export const useRun = defineStore('run', () => {
  const lab = useLab()
  const events = useEvents()
  const notices = useNotices()

  const id = shallowRef<RunId>()
  const opening = shallowRef(false)
  const overview = shallowRef<Overview>()
  const summary = shallowRef<RunSummary>()
  const lastSeq = shallowRef(0)
  const lengthUs = shallowRef(0)
  const density = shallowRef<Density>({ sliceUs: 100_000, events: [] })
  const marks = shallowRef<readonly Mark[]>([])
  const verdict = shallowRef<Verdict>()
  const rates = shallowRef<Grew['rates']>({})
  /** There are more events than the screen is told: what is drawn of messages is a sample. */
  const sampled = shallowRef(false)
  /** The moment at the end of the recording. */
  const now = shallowRef<Snapshot>()
  /** When the last news of the live end came, `performance.now()`. */
  const heardAtMs = shallowRef(0)
  /** Messages near the live end; not reactive, read it in a drawing loop. */
  const flights = markRaw(new FlightLog())
  let tail: Moment | undefined
  /** Of a recording: how its end stood. */
  let ending: Promise<MomentData> | undefined
  let catchingUp = false
  /** What grew while the run was being opened. */
  let early: Grew[] = []

  const config = computed<RecordedConfig | undefined>(() => overview.value?.config)
  const nodes = computed<readonly NodeId[]>(() => overview.value?.nodes ?? [])
  const isOpen = computed(() => overview.value !== undefined)
  const isLive = computed(() => summary.value?.status === 'live')
  const protocol = computed<ProtocolInfo | undefined>(() => lab.info?.protocols.find(({ name }) => name === config.value?.protocol))
  const service = computed<ServiceInfo | undefined>(() => lab.info?.services.find(({ name }) => name === config.value?.service))
  /** Of a run that happened elsewhere: what its log told. */
  const foreign = computed<Foreign | undefined>(() => overview.value?.foreign)
  const isSimulated = computed(() => config.value?.mode === 'simulation')
  /** Microseconds of the run to a microsecond of the person's while it is live: simulated time goes slower where it is slowed, real runs are recorded in real time. */
  const pace = computed(() => (isSimulated.value ? 1 / (now.value?.timeScale ?? 1) : 1))
  /** How this run's protocol and service speak: message families, summaries, operations as text. */
  const speech = computed<Speech>(() => speechOf(config.value?.protocol, config.value?.service, protocol.value))

  async function open(run: RunId): Promise<void> {
    close()
    opening.value = true
    early = []
    id.value = run
    try {
      // Whether it lives or not: a run that has just been started may not stand in the list yet.
      const [whole] = await Promise.all([lab.call('run.overview', { run }), lab.call('run.watch', { run, on: true })])
      if (id.value !== run) return
      if (whole.summary.status === 'live') await join(run, whole)
      else await lookAt(run, whole)
      void notices.attempt(() => checkInTime(run))
    } catch (error) {
      if (id.value === run) close()
      throw error
    } finally {
      opening.value = false
      early = []
    }
  }

  /** Of a live run all is of one moment, and what comes meanwhile follows. */
  async function join(run: RunId, whole: Overview): Promise<void> {
    const end = await lab.call('run.moment', { run, seq: whole.lastSeq })
    if (id.value !== run) return
    events.reset(run, whole.lastSeq)
    adopt(whole)
    setNow(decodeMoment(end))
    for (const change of early) grow(change)
  }

  /** A recording is there at once. How its end stood may be long to tell: the views ask first for what they show. */
  async function lookAt(run: RunId, whole: Overview): Promise<void> {
    events.reset(run, whole.lastSeq)
    adopt(whole)
    ending = nextTick().then(() => lab.call('run.moment', { run, seq: whole.lastSeq }))
    const end = await ending
    if (id.value === run) setNow(decodeMoment(end))
  }

  /** The moment after an event; that at the end of a recording is asked for once. */
  function momentAfter(seq: number): Promise<MomentData> {
    if (id.value === undefined) return Promise.reject(new LabError('not-found', 'No run is open.'))
    return ending && seq === lastSeq.value ? ending : lab.call('run.moment', { run: id.value, seq })
  }

  /** Judging takes all that the machine has: whoever shows something is answered before. */
  async function checkInTime(run: RunId): Promise<void> {
    await Promise.race([lab.quiet(), new Promise((resume) => setTimeout(resume, CHECK_WAITS_MS))])
    if (id.value === run) await check()
  }

  function adopt(whole: Overview): void {
    wearHues(whole.nodes)
    overview.value = whole
    summary.value = whole.summary
    lastSeq.value = whole.lastSeq
    lengthUs.value = whole.lengthUs
    density.value = whole.density
    marks.value = whole.marks
    heardAtMs.value = performance.now()
  }

  function close(): void {
    const run = id.value
    if (run === undefined) return
    id.value = undefined
    overview.value = undefined
    summary.value = undefined
    now.value = undefined
    verdict.value = undefined
    marks.value = []
    rates.value = {}
    sampled.value = false
    tail = undefined
    ending = undefined
    flights.clear()
    events.reset(undefined, 0)
    void lab.call('run.watch', { run, on: false }).catch(() => undefined)
  }

  async function check(): Promise<void> {
    const run = id.value
    if (run === undefined) return
    const judged = await lab.call('run.check', { run })
    if (id.value === run) verdict.value = judged
  }

  function setNow(moment: Moment): void {
    tail = moment
    now.value = snapshot(moment, now.value)
    flights.takeMoment([...moment.inFlight.values()], moment.atUs)
  }

  function grow(change: Grew): void {
    const fresh = change.lastSeq - lastSeq.value
    if (fresh > 0) {
      const times = change.events.filter(({ seq }) => seq > lastSeq.value).map(({ atUs }) => atUs)
      density.value = growDensity(density.value, change.lengthUs, times.length === fresh ? { timesUs: times } : { count: fresh })
    }
    lastSeq.value = Math.max(lastSeq.value, change.lastSeq)
    lengthUs.value = Math.max(lengthUs.value, change.lengthUs)
    heardAtMs.value = performance.now()
    rates.value = change.rates
    if (change.events.length > 0 || change.moment) sampled.value = change.moment !== undefined
    if (change.marks.length > 0) marks.value = [...marks.value, ...change.marks.filter((mark) => isNew(mark, marks.value))]
    events.take(change.events, change.lastSeq)
    for (const event of change.events) flights.take(event)
    if (change.moment) {
      if (!tail || change.moment.seq >= tail.seq) setNow(decodeMoment(change.moment))
    } else follow(change)
  }

  /** Takes new events into `now`; where some are missing in between, the lab is asked for the whole moment instead. */
  function follow(change: Grew): void {
    tail ??= firstMoment(nodes.value, config.value?.timeScale ?? 1, config.value?.spares)
    for (const event of change.events) {
      if (event.seq > tail.seq + 1) return void notices.attempt(catchUp)
      advance(tail, event)
    }
    if (change.events.length > 0) now.value = snapshot(tail, now.value)
  }

  async function catchUp(): Promise<void> {
    const run = id.value
    if (catchingUp || run === undefined) return
    catchingUp = true
    try {
      const end = await lab.call('run.moment', { run, seq: lastSeq.value })
      if (id.value !== run || end.seq < (tail?.seq ?? 0)) return
      const moment = decodeMoment(end)
      for (let event = events.peek(moment.seq + 1); event; event = events.peek(moment.seq + 1)) advance(moment, event) // what came meanwhile
      setNow(moment)
    } finally {
      catchingUp = false
    }
  }

  lab.onChange((change) => {
    const run = id.value
    if (run === undefined) return
    if (change.kind === 'grew' && change.run === run) {
      if (overview.value) grow(change)
      else early.push(change)
    }
    if (change.kind === 'verdict' && change.run === run) verdict.value = change.verdict
    if (change.kind !== 'runs') return
    const mine = change.runs.find((known) => known.run === run)
    if (!mine) close()
    else if (summary.value) summary.value = mine
  })

  lab.onReconnect(() => {
    if (id.value !== undefined) void notices.attempt(() => open(id.value as RunId))
  })

  async function stop(): Promise<void> {
    const run = id.value
    if (run === undefined) return
    const ended = await lab.call('runs.stop', { run })
    if (id.value === run) summary.value = ended
  }

  return {
    id,
    opening,
    overview,
    summary,
    config,
    nodes,
    isOpen,
    isLive,
    isSimulated,
    foreign,
    pace,
    protocol,
    service,
    speech,
    lastSeq,
    lengthUs,
    density,
    marks,
    verdict,
    rates,
    sampled,
    now,
    heardAtMs,
    flights,
    open,
    close,
    check,
    stop,
    momentAfter,
  }
})

const isNew = (mark: Mark, known: readonly Mark[]): boolean => {
  const last = known.at(-1)
  return (
    last === undefined ||
    mark.seq > last.seq ||
    !known.some((other) => other.seq === mark.seq && other.kind === mark.kind && other.text === mark.text)
  )
}
