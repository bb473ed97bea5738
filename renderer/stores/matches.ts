/**
 * The query and where in the run its matches are: the log lists them, the timeline and other views mark them. They are looked
 * for from the first event on, in short pieces, and on as the run grows; `version` grows whenever more are known.
 */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { CLIENTS } from '../../protocols/core/ids.ts'
import { type Misspelt, misspeltIn } from '../../protocols/query/misspelt.ts'
import { parseQuery } from '../../protocols/query/parse.ts'
import { pathsOf } from '../../protocols/query/paths.ts'
import { QueryError } from '../../protocols/query/syntax.ts'
import { findProtocol } from '../../protocols/registry.ts'
import { Positions } from '../model/positions.ts'
import { useEvents } from './events.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { usePlayback } from './playback.ts'
import { useRun } from './run.ts'
import { useSelection } from './selection.ts'

const GROWN_WAITS_MS = 200
const TYPED_WAITS_MS = 180

export const useMatches = defineStore('matches', () => {
  const lab = useLab()
  const run = useRun()
  const events = useEvents()
  const playback = usePlayback()
  const selection = useSelection()
  const notices = useNotices()

  /** As it stands in the bar. */
  const text = shallowRef('')
  /** The query that is looked for: the last text that could be understood. Empty: nothing is asked, every event passes. */
  const where = shallowRef('')
  const positions = shallowRef(new Positions())
  const version = shallowRef(0)
  const searching = shallowRef(false)
  /** The person stopped the search: what is known is what was found until then. */
  const stopped = shallowRef(false)
  /** The last event that was looked at. */
  const lookedTo = shallowRef(0)
  let search = 0

  const names = computed(() => ({ endpoints: [...run.nodes, CLIENTS], messageTypes: run.overview?.messageTypes ?? [] }))
  const problem = computed<QueryError | undefined>(() => {
    try {
      if (run.isOpen) parseQuery(text.value, names.value)
      return undefined
    } catch (error) {
      if (error instanceof QueryError) return error
      throw error
    }
  })
  /** What may have been misspelt in a query that found nothing. */
  const misspelt = computed<readonly Misspelt[]>(() => {
    if (where.value === '' || searching.value || stopped.value || count.value > 0 || text.value.trim() !== where.value) return []
    const protocol = findProtocol(run.config?.protocol ?? '')
    return protocol ? misspeltIn(parseQuery(text.value), pathsOf(protocol)) : []
  })
  /** Asks with what was meant in its place. */
  function mend({ place, meant }: Misspelt): void {
    ask(text.value.slice(0, place.at) + meant + text.value.slice(place.end))
  }
  const isAsked = computed(() => where.value !== '')
  const count = computed(() => {
    version.value
    return positions.value.count
  })
  /** 0 to 1. */
  const progress = computed(() => (run.lastSeq === 0 ? 1 : Math.min(1, lookedTo.value / run.lastSeq)))

  let grown: ReturnType<typeof setTimeout> | undefined
  let typed: ReturnType<typeof setTimeout> | undefined
  watch(text, () => {
    clearTimeout(typed)
    typed = setTimeout(take, TYPED_WAITS_MS)
  })

  /** Looks for what stands in the bar now. */
  function take(): void {
    clearTimeout(typed)
    const wanted = text.value.trim()
    if (!run.isOpen || problem.value || wanted === where.value) return
    where.value = wanted
    begin()
  }

  /** Puts a query into the bar and looks for it at once. */
  function ask(query: string): void {
    text.value = query
    take()
  }

  function begin(): void {
    positions.value = new Positions()
    lookedTo.value = 0
    stopped.value = false
    version.value++
    void look()
  }

  async function look(): Promise<void> {
    const mine = ++search
    const id = run.id
    if (id === undefined || where.value === '') {
      searching.value = false
      return
    }
    searching.value = true
    await notices.attempt(async () => {
      for (let from: number | undefined = lookedTo.value + 1; from !== undefined; ) {
        const end = run.lastSeq
        const found: Awaited<ReturnType<typeof lab.call<'run.find'>>> = await lab.call('run.find', { run: id, from, where: where.value })
        if (mine !== search || run.id !== id) return
        positions.value.add(found.seqs, found.timesUs)
        from = found.next
        lookedTo.value = from === undefined ? Math.max(end, found.seqs.at(-1) ?? 0) : from - 1
        if (found.seqs.length > 0) version.value++
      }
    })
    if (mine === search) searching.value = false
  }

  /** Ends the search; what was found stays. */
  function stop(): void {
    search++
    searching.value = false
    stopped.value = true
  }

  function goOn(): void {
    stopped.value = false
    void look()
  }

  watch(
    () => run.id,
    () => {
      clearTimeout(grown)
      grown = undefined
      search++
      searching.value = false
      positions.value = new Positions()
      lookedTo.value = 0
      version.value++
    },
  )
  watch(
    () => run.isOpen,
    (open) => {
      if (!open) return
      where.value = problem.value ? '' : text.value.trim()
      begin()
    },
  )

  watch(
    () => run.lastSeq,
    () => {
      grown ??= setTimeout(() => {
        grown = undefined
        if (isAsked.value && !searching.value && !stopped.value && lookedTo.value < run.lastSeq) void look()
      }, GROWN_WAITS_MS)
    },
  )

  /** The number of the match at an index. */
  const seqAt = (index: number): number | undefined => positions.value.seqAt(index)
  /** The index of the last match at or before an event; -1 before the first. */
  const indexAt = (seq: number): number => positions.value.indexAt(seq)
  const has = (seq: number): boolean => positions.value.seqAt(positions.value.indexAt(seq)) === seq

  /** Puts the playhead at the next (1) or last (-1) match. Resolves with it. */
  async function step(direction: 1 | -1): Promise<number | undefined> {
    const here = positions.value.indexAt(playback.seq)
    const index = direction === 1 ? here + 1 : has(playback.seq) ? here - 1 : here
    const seq = seqAt(index)
    if (seq === undefined) {
      notices.speak(direction === 1 ? 'No match behind this event.' : 'No match before this event.')
      return undefined
    }
    selection.select({ kind: 'event', seq })
    await Promise.all([events.pick([seq]), playback.jumpTo(seq)])
    return seq
  }

  return {
    text,
    where,
    problem,
    misspelt,
    mend,
    isAsked,
    count,
    version,
    positions,
    searching,
    stopped,
    progress,
    ask,
    take,
    stop,
    goOn,
    seqAt,
    indexAt,
    has,
    step,
  }
})
