/**
 * What a person watches, as lanes under the timeline: expressions kept per protocol, and what the lab knows of each in the
 * stretch of time that the timeline shows. What takes longer is asked for again and again until it is whole.
 */
import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowReactive, shallowRef, watch } from 'vue'
import type { Lane } from '../../main/contract/state.ts'
import { readWatch, type Watch, watchable } from '../model/watches.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { usePlayback } from './playback.ts'
import { useRun } from './run.ts'
import { useStates } from './states.ts'

const KEY = 'synod.watches.'
const WATCHES_MAX = 12
const LIVE_EVERY_MS = 500
const POINTS = 1600

export const useWatches = defineStore('watches', () => {
  const lab = useLab()
  const run = useRun()
  const states = useStates()
  const playback = usePlayback()
  const notices = useNotices()

  const texts = shallowRef<readonly string[]>([])
  /** By expression; a lane that is not whole yet says how far it is. */
  const lanes = shallowReactive(new Map<string, Lane>())
  const problems = shallowReactive(new Map<string, string>())
  /** What the timeline shows, as it says itself. */
  const span = shallowRef<{ readonly fromUs: number; readonly toUs: number }>({ fromUs: 0, toUs: 1 })
  const adding = shallowRef(false)
  let round = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const key = computed(() => (run.config ? `${KEY}${run.config.protocol}` : undefined))
  const watches = computed(() =>
    texts.value.flatMap((text): Watch[] => {
      const read = readWatch(text, run.nodes, run.protocol?.epochName)
      return typeof read === 'string' ? [] : [read]
    }),
  )
  const suggestions = computed(() => {
    const state = states.states?.nodes.find((node) => node.state !== undefined)?.state
    return watchable(run.nodes, run.protocol, state !== null && typeof state === 'object' ? Object.keys(state) : [])
  })

  watch(
    key,
    (next) => {
      texts.value = next === undefined ? [] : kept(next)
      lanes.clear()
      problems.clear()
    },
    { immediate: true },
  )
  watch([() => run.id, watches, span], () => void refresh())
  watch(
    () => run.lastSeq,
    () => {
      if (run.isLive && watches.value.length > 0) timer ??= setTimeout(() => void refresh(), LIVE_EVERY_MS)
    },
  )
  onScopeDispose(() => clearTimeout(timer))

  /** Returns why it cannot be watched, when it cannot. */
  function add(text: string): string | undefined {
    const read = readWatch(text, run.nodes, run.protocol?.epochName)
    if (typeof read === 'string') return read
    if (texts.value.includes(read.text)) return undefined
    if (texts.value.length >= WATCHES_MAX) return `${WATCHES_MAX} lanes are as many as can be read. Take one away first.`
    keep([...texts.value, read.text])
    return undefined
  }

  function remove(text: string): void {
    keep(texts.value.filter((one) => one !== text))
    lanes.delete(text)
    problems.delete(text)
  }

  function keep(next: readonly string[]): void {
    texts.value = next
    if (key.value !== undefined) localStorage.setItem(key.value, JSON.stringify(next))
  }

  /** Asks for every lane until all are whole, or something else is to be shown. */
  async function refresh(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const { id } = run
    const mine = ++round
    if (id === undefined || !run.isOpen) return lanes.clear()
    for (const { text, nodes, path } of watches.value) {
      for (;;) {
        const { fromUs, toUs } = span.value
        const asked = { run: id, nodes: [...nodes], path, fromUs: Math.max(0, fromUs), toUs: Math.max(0, toUs), points: POINTS }
        const lane = await notices.attempt(() => lab.call('run.lane', asked))
        if (mine !== round || run.id !== id || !lane) return
        lanes.set(text, lane)
        if (lane.problem === undefined) problems.delete(text)
        else problems.set(text, lane.problem)
        if (lane.known >= run.lastSeq || run.isLive) break
      }
    }
  }

  const jumpTo = (seq: number): Promise<void> => playback.jumpTo(seq)

  return { watches, lanes, problems, span, adding, suggestions, add, remove, jumpTo }
})

function kept(key: string): string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(list) ? list.filter((text): text is string => typeof text === 'string').slice(0, WATCHES_MAX) : []
  } catch {
    return [] // of another version
  }
}
