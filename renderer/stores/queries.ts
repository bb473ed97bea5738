/** Queries with names, kept for each protocol in this browser, and those that ship. */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { type SavedQuery, shippedQueries } from '../model/queryWords.ts'
import { useRun } from './run.ts'

const KEY = 'synod.queries.1'
type Kept = { readonly [protocol: string]: readonly SavedQuery[] }

export const useQueries = defineStore('queries', () => {
  const run = useRun()
  const kept = shallowRef<Kept>(read())
  const protocol = computed(() => run.config?.protocol ?? '')
  const shipped = computed(() => shippedQueries(run.config?.protocol))
  const mine = computed<readonly SavedQuery[]>(() => kept.value[protocol.value] ?? [])

  watch(kept, (now) => localStorage.setItem(KEY, JSON.stringify(now)))

  /** Under a name that is taken, it takes the place of the other. */
  function save(name: string, where: string): void {
    const others = mine.value.filter((one) => one.name !== name)
    kept.value = { ...kept.value, [protocol.value]: [...others, { name, where }].sort((a, b) => a.name.localeCompare(b.name)) }
  }

  function remove(name: string): void {
    kept.value = { ...kept.value, [protocol.value]: mine.value.filter((one) => one.name !== name) }
  }

  return { shipped, mine, save, remove }
})

/** What another version left behind, or somebody wrote by hand, may be anything. */
function read(): Kept {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    if (typeof found !== 'object' || found === null) return {}
    return Object.fromEntries(
      Object.entries(found).flatMap(([protocol, list]) => (Array.isArray(list) ? [[protocol, list.filter(isQuery)]] : [])),
    )
  } catch {
    return {}
  }
}

const isQuery = (value: unknown): value is SavedQuery =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as SavedQuery).name === 'string' &&
  typeof (value as SavedQuery).where === 'string'
