/**
 * The whole state of every node at the playhead, rebuilt by the lab. It is asked for only while somebody looks
 * (`retain`), once at a time, and in the live view a few times a second.
 */
import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { NodeStates } from '../../main/contract/commands.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { usePlayback } from './playback.ts'
import { useRun } from './run.ts'

const PAUSE_MS = 200

export const useStates = defineStore('states', () => {
  const lab = useLab()
  const run = useRun()
  const playback = usePlayback()
  const notices = useNotices()

  /** States as last heard; `states.seq` says of which event. */
  const states = shallowRef<NodeStates>()
  const loading = shallowRef(false)
  let lookers = 0
  let wanted = -1
  let busy = false

  watch([() => playback.seq, () => run.id], ([seq], [, runBefore]) => {
    if (run.id !== runBefore) states.value = undefined
    if (lookers > 0) want(seq)
  })

  /** Somebody looks. Returns how to say that they no longer do. */
  function retain(): () => void {
    lookers++
    want(playback.seq)
    return () => {
      lookers--
    }
  }

  function want(seq: number): void {
    wanted = seq
    if (!busy) void load()
  }

  async function load(): Promise<void> {
    busy = true
    try {
      while (lookers > 0 && run.id !== undefined && wanted !== states.value?.seq) {
        const [id, seq] = [run.id, wanted]
        loading.value = true
        const got = await lab.call('run.states', { run: id, seq })
        if (run.id === id) states.value = got.seq === seq ? got : { ...got, seq }
        loading.value = false
        if (playback.mode !== 'paused') await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      }
    } catch (error) {
      notices.fail(error)
    } finally {
      loading.value = false
      busy = false
    }
  }

  const of = (node: NodeId) => states.value?.nodes.find((entry) => entry.node === node)

  return { states, loading, retain, of }
})
