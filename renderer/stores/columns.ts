/**
 * The open run in columns, for views that draw or ask of all its events. Nothing is read until a view asks for it; then block
 * after block, and at a live end as it grows. Of a long recording what lies round the playhead comes first, in columns of its
 * own (`near`), for as long as the rest is on its way. Read `version` to be told when there is more.
 */
import { defineStore } from 'pinia'
import { computed, markRaw, shallowRef, watch } from 'vue'
import { ROWS_MAX } from '../../main/contract/causality.ts'
import { takeRows } from '../../protocols/causality/block.ts'
import { Columns } from '../../protocols/causality/columns.ts'
import type { RunEvent } from '../../protocols/core/event.ts'
import { endpointIds, type RunId } from '../../protocols/core/ids.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { usePlayback } from './playback.ts'
import { useRun } from './run.ts'

type Turn = Extract<RunEvent, { kind: 'node' | 'action' }>

const READ_EVERY_MS = 250
/** So much of a long recording comes before all else: more than a close look shows, and little to read. */
const NEAR_ROWS = 4096

export const useColumns = defineStore('columns', () => {
  const lab = useLab()
  const run = useRun()
  const playback = usePlayback()
  const notices = useNotices()

  const columns = shallowRef(markRaw(new Columns(1)))
  /** What lies round the playhead, until all that is recorded is in `columns`. */
  const near = shallowRef<Columns>()
  /** Changes of nodes, and what a person or a scenario did, in order. */
  const turns = shallowRef<readonly Turn[]>([])
  /** Those of what is near. */
  const nearTurns = shallowRef<readonly Turn[]>([])
  /** Grows when the columns do. */
  const version = shallowRef(0)
  /** How many views want it. */
  const wanted = shallowRef(0)
  const reading = shallowRef(false)
  const endpoints = computed(() => endpointIds(run.nodes))
  /** What is here of what is recorded, 0 to 1. */
  const progress = computed(() => {
    version.value
    return run.lastSeq === 0 ? 1 : columns.value.count / run.lastSeq
  })
  let timer = 0
  /** Who wanted the last run in columns will want this one: what comes first is asked for before there is anything that shows it. */
  let expected = false

  /** A view is in sight. Returns how to say that it no longer is. */
  function want(): () => void {
    wanted.value++
    expected = true
    void readOn()
    return () => {
      wanted.value--
      if (run.isOpen && wanted.value === 0) expected = false
    }
  }

  async function readOn(): Promise<void> {
    const asked = run.id
    if (reading.value || asked === undefined || !run.isOpen || !(wanted.value > 0 || expected)) return
    reading.value = true
    try {
      if (columns.value.count === 0 && !near.value && !run.isLive && run.lastSeq > ROWS_MAX) await readNear(asked)
      while (run.id === asked && wanted.value > 0) {
        const block = await lab.call('run.columns', { run: asked, from: columns.value.count + 1 })
        if (run.id !== asked || block.rows === 0) break
        takeRows(columns.value, block.bytes)
        if (block.turns.length > 0) turns.value = [...turns.value, ...block.turns]
        version.value++
        if (columns.value.count >= block.lastSeq) break
      }
    } catch (error) {
      if (run.id === asked) notices.fail(error)
    } finally {
      reading.value = false
    }
    if (run.id !== asked) void readOn()
  }

  async function readNear(asked: RunId): Promise<void> {
    const here = playback.seq === 0 ? run.lastSeq : playback.seq
    const from = Math.max(1, Math.min(here - NEAR_ROWS / 2, run.lastSeq - NEAR_ROWS + 1))
    const block = await lab.call('run.columns', { run: asked, from, rows: NEAR_ROWS })
    if (run.id !== asked || block.rows === 0) return
    const found = new Columns(columns.value.endpoints, block.from, block.rows)
    takeRows(found, block.bytes)
    nearTurns.value = block.turns
    near.value = markRaw(found)
    version.value++
  }

  function letGoOfNear(): void {
    near.value = undefined
    nearTurns.value = []
  }

  watch(
    () => run.isOpen,
    () => {
      columns.value = markRaw(new Columns(Math.max(1, endpoints.value.length)))
      turns.value = []
      letGoOfNear()
      version.value++
      void readOn()
    },
    { immediate: true }, // the first view that wants it may come when the run is long open
  )

  watch(
    () => run.lastSeq,
    () => {
      if (wanted.value === 0 || timer !== 0) return
      timer = window.setTimeout(() => {
        timer = 0
        void readOn()
      }, READ_EVERY_MS)
    },
  )

  return { columns, near, turns, nearTurns, version, reading, progress, endpoints, want, letGoOfNear }
})
