/** The lab itself: whether it can be reached, what it offers, and the library of runs. The one store that holds the client. */
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { Command, LabInfo, Request, Response, RunSummary } from '../../main/contract/commands.ts'
import { LabError } from '../../main/contract/errors.ts'
import type { Change } from '../../main/contract/stream.ts'
import type { RunConfig, RunConfigInput } from '../../protocols/core/config.ts'
import type { RunId } from '../../protocols/core/ids.ts'
import type { Connection, ScreenClient } from '../client/screenClient.ts'
import { useNotices } from './notices.ts'

export const useLab = defineStore('lab', () => {
  const notices = useNotices()
  let client: ScreenClient | undefined
  const listeners = new Set<(change: Change) => void>()
  const reconnected = new Set<() => void>()
  /** Calls that are not answered yet. */
  let underWay = 0
  const waiting: (() => void)[] = []

  const connection = shallowRef<Connection>('connecting')
  const info = shallowRef<LabInfo>()
  const runs = shallowRef<readonly RunSummary[]>([])
  const liveRuns = computed(() => runs.value.filter((run) => run.status === 'live'))

  /** Called once, by main.ts, before the first command. */
  function attach(given: ScreenClient): void {
    client = given
    client.onChange((change) => {
      if (change.kind === 'runs') runs.value = change.runs
      if (change.kind === 'trouble') notices.fail(new LabError(change.failure.code, change.failure.message, change.failure.hint))
      for (const listener of listeners) listener(change)
    })
    client.onConnection((next) => {
      const before = connection.value
      connection.value = next
      if (next !== 'open') return
      void notices.attempt(refresh)
      if (before === 'lost') for (const again of reconnected) again()
    })
  }

  function call<C extends Command>(command: C, request: Request<C>): Promise<Response<C>> {
    if (!client) return Promise.reject(new LabError('internal', 'The window is not connected to a lab.', 'Reload the window.'))
    underWay++
    return client.call(command, request).finally(() => {
      if (--underWay === 0) setTimeout(wakeQuiet)
    })
  }

  /** Resolves when nothing is asked of the lab: for what can wait until everybody has what they show. */
  const quiet = (): Promise<void> => (underWay === 0 ? Promise.resolve() : new Promise((resume) => waiting.push(resume)))

  function wakeQuiet(): void {
    if (underWay === 0) for (const resume of waiting.splice(0)) resume()
  }

  async function refresh(): Promise<void> {
    const [gotInfo, gotRuns] = await Promise.all([call('lab.info', {}), call('runs.list', {})])
    info.value = gotInfo
    runs.value = gotRuns
  }

  const start = async (config: RunConfigInput): Promise<RunId> => (await call('runs.start', { config })).run
  const startScenario = async (text: string, mode: RunConfig['mode']): Promise<RunId> => (await call('runs.scenario', { text, mode })).run

  /** The person is about to start a run: the start itself will say what is wrong. */
  const foresee = (mode: RunConfig['mode'], nodes: number): void => void call('runs.foresee', { mode, nodes }).catch(() => undefined)

  /** Changes of the lab, for the other stores. Returns how to stop listening. */
  function onChange(listener: (change: Change) => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** Called whenever the connection came back: what was watched must be asked for again. */
  function onReconnect(listener: () => void): void {
    reconnected.add(listener)
  }

  /** How files get from the person to the lab and back. */
  const files = computed(() => (connection.value === 'open' ? client?.files : undefined))

  return { connection, info, runs, liveRuns, attach, call, quiet, refresh, start, startScenario, foresee, onChange, onReconnect, files }
})
