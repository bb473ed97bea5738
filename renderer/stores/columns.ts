/**
 * The open run in columns, for views that draw or ask of all its events. Nothing is read until a view asks for it; then block
 * after block, and at a live end as it grows. Read `version` to be told when there is more.
 */
import { defineStore } from 'pinia'
import { computed, markRaw, shallowRef, watch } from 'vue'
import { takeRows } from '../../protocols/causality/block.ts'
import { Columns } from '../../protocols/causality/columns.ts'
import type { RunEvent } from '../../protocols/core/event.ts'
import { endpointIds } from '../../protocols/core/ids.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { useRun } from './run.ts'

type Turn = Extract<RunEvent, { kind: 'node' | 'action' }>

const READ_EVERY_MS = 250

export const useColumns = defineStore('columns', () => {
  const lab = useLab()
  const run = useRun()
  const notices = useNotices()

  const columns = shallowRef(markRaw(new Columns(1)))
  /** Changes of nodes, and what a person or a scenario did, in order. */
  const turns = shallowRef<readonly Turn[]>([])
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

  /** A view is in sight. Returns how to say that it no longer is. */
  function want(): () => void {
    wanted.value++
    void read()
    return () => {
      wanted.value--
    }
  }

  async function read(): Promise<void> {
    const asked = run.id
    if (reading.value || asked === undefined || !run.isOpen || wanted.value === 0) return
    reading.value = true
    try {
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
    if (run.id !== asked) void read()
  }

  watch(
    () => run.isOpen,
    () => {
      columns.value = markRaw(new Columns(Math.max(1, endpoints.value.length)))
      turns.value = []
      version.value++
      void read()
    },
    { immediate: true }, // the first view that wants it may come when the run is long open
  )

  watch(
    () => run.lastSeq,
    () => {
      if (wanted.value === 0 || timer !== 0) return
      timer = window.setTimeout(() => {
        timer = 0
        void read()
      }, READ_EVERY_MS)
    },
  )

  return { columns, turns, version, reading, progress, endpoints, want }
})
