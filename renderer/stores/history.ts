/**
 * The operations of the open run and the verdict on them. Nothing is read or judged until a panel asks for it; a history that
 * grows is judged again from time to time while somebody looks, the more rarely the longer it takes.
 */
import { defineStore } from 'pinia'
import { computed, markRaw, shallowRef, watch } from 'vue'
import type { HistoryReport, JudgeProgress } from '../../main/contract/history.ts'
import { findProtocol } from '../../protocols/registry.ts'
import { HistoryLog, type Point, spreadPoints } from '../model/history.ts'
import { verdictWords } from '../model/historyText.ts'
import { useEvents } from './events.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { useRun } from './run.ts'

const PAGE = 5000
const READ_EVERY_MS = 300
const JUDGE_EVERY_MS = 3000
/** A judgement may take this part of the time between two. */
const SHARE = 0.1
const LIMIT_MS = 20_000
const LONG_LIMIT_MS = 180_000

export const useHistory = defineStore('history', () => {
  const lab = useLab()
  const run = useRun()
  const events = useEvents()
  const notices = useNotices()

  /** A panel that shows it is in sight. */
  const active = shallowRef(false)
  const log = shallowRef(markRaw(new HistoryLog(run.speech)))
  /** Grows when the log does. */
  const version = shallowRef(0)
  const report = shallowRef<HistoryReport>()
  const verdict = computed(() =>
    report.value === undefined ? undefined : verdictWords(report.value, run.isLive, findProtocol(run.config?.protocol ?? '')?.promises),
  )
  /** There is no model of this run's service. */
  const unjudgeable = shallowRef(false)
  const progress = shallowRef<JudgeProgress>()
  const judging = shallowRef(false)
  /** Operations that the verdict does not know of. */
  const since = computed(() => {
    version.value
    return report.value === undefined ? 0 : Math.max(0, log.value.size - report.value.operations)
  })
  /** The points of the order found, in order. */
  const order = shallowRef<readonly Point[]>([])
  let next = 1
  let reading = false
  let judgedSeq = -1
  let rests = false
  let waiting: ReturnType<typeof setTimeout> | undefined

  function reset(): void {
    clearTimeout(waiting)
    waiting = undefined
    rests = false
    log.value = markRaw(new HistoryLog(run.speech))
    version.value++
    report.value = undefined
    order.value = []
    unjudgeable.value = false
    progress.value = undefined
    judging.value = false
    next = 1
    judgedSeq = -1
  }

  /** Takes in what the recording has grown by. */
  async function read(): Promise<void> {
    const id = run.id
    if (id === undefined || reading || !(active.value || judging.value)) return
    reading = true
    try {
      for (let end = run.lastSeq; next <= end; end = run.lastSeq) {
        const found = await events.read('kind:invoke,return', next, PAGE)
        if (run.id !== id) return
        log.value.take(found.events)
        next = found.next ?? Math.max(end, found.events.at(-1)?.seq ?? 0) + 1
        if (found.events.length > 0) version.value++
      }
    } finally {
      reading = false
      if (run.id !== id) readSoon() // another run was opened meanwhile
    }
    judgeWhenDue()
  }

  function judgeWhenDue(): void {
    if (!active.value || rests || judging.value || unjudgeable.value || log.value.size === 0) return
    const changed = judgedSeq < 0 || since.value > 0 || (!run.isLive && judgedSeq < run.lastSeq)
    if (changed) void judge()
  }

  /** `long`: for who has the patience when the usual limit came first. */
  async function judge(long = false): Promise<void> {
    const id = run.id
    if (id === undefined || judging.value) return
    judging.value = true
    const beganMs = performance.now()
    const seq = run.lastSeq
    await notices.attempt(async () => {
      const found = await lab.call('run.history', { run: id, limitMs: long ? LONG_LIMIT_MS : LIMIT_MS })
      if (run.id !== id) return
      unjudgeable.value = found === null
      report.value = found === null ? undefined : markRaw(found)
      await read() // it may know of operations that were not read yet
    })
    if (run.id !== id) return
    order.value = spreadPoints(report.value?.order ?? [], (operation) => log.value.get(operation))
    judgedSeq = seq
    judging.value = false
    progress.value = undefined
    rest(Math.max(JUDGE_EVERY_MS, (performance.now() - beganMs) / SHARE))
  }

  function rest(ms: number): void {
    rests = true
    clearTimeout(waiting)
    waiting = setTimeout(() => {
      rests = false
      judgeWhenDue()
    }, ms)
  }

  lab.onChange((change) => {
    if (change.kind === 'judging' && change.run === run.id && judging.value) progress.value = change.progress
  })
  watch(() => run.id, reset)
  watch(() => run.speech, reset)
  let isReadDue = false
  function readSoon(): void {
    if (isReadDue) return
    isReadDue = true
    const later = () => {
      isReadDue = false
      void notices.attempt(read)
    }
    setTimeout(later, log.value.size === 0 ? 0 : READ_EVERY_MS)
  }
  watch([active, () => run.lastSeq, () => run.isLive], readSoon)

  return { active, log, version, report, verdict, unjudgeable, progress, judging, since, order, judge }
})
