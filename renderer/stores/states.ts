/**
 * The whole state of every node at the playhead, rebuilt by the lab. It is asked for only while somebody looks
 * (`retain`), once at a time, and in the live view a few times a second.
 */
import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { NodeStates } from '../../main/contract/commands.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { usePlayback } from './playback.ts'
import { useRun } from './run.ts'

const PAUSE_MS = 200
/** Items fetched at once when the beginning of a long list is unfolded. */
const PART = 1000

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

  watch([() => playback.seq, () => run.id, () => run.isOpen], ([seq], [, runBefore]) => {
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
      while (lookers > 0 && run.id !== undefined && run.isOpen && wanted !== states.value?.seq) {
        const [id, seq] = [run.id, wanted]
        loading.value = true
        const got = await lab.call('run.states', { run: id, seq, whole: false })
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

  /** Fetches more of a list whose end alone is there, towards its beginning. */
  async function unfold(node: NodeId, path: string): Promise<void> {
    const [here, id] = [states.value, run.id]
    const told = here?.nodes.find((entry) => entry.node === node)
    const cut = told?.cut?.find((list) => list.path === path)
    if (!here || !told || !cut || id === undefined || told.state === undefined) return
    const isTable = cut.from === cut.size
    const from = isTable ? 0 : Math.max(0, cut.from - PART)
    const asked = { run: id, seq: here.seq, node, path, from, to: cut.from }
    const part = await notices.attempt(() => lab.call('run.state.part', asked))
    if (!part || states.value !== here) return // the playhead has moved on
    const state = withItems(told.state, path.split('.'), part.items)
    const rest = (told.cut ?? []).filter((list) => list !== cut)
    const next = { ...told, state, cut: from > 0 ? [...rest, { ...cut, from }] : rest }
    states.value = { ...here, nodes: here.nodes.map((entry) => (entry === told ? next : entry)) }
  }

  const of = (node: NodeId) => states.value?.nodes.find((entry) => entry.node === node)

  return { states, loading, retain, unfold, of }
})

/** The tree with items put before those that the list at a path has. */
function withItems(tree: Json, [key, ...rest]: readonly string[], items: Json): Json {
  if (key === undefined) return { ...(items as object), ...(tree as object) } as Json
  return { ...(tree as object), [key]: withItems((tree as { readonly [key: string]: Json })[key] ?? {}, rest, items) } as Json
}
