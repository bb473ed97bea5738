/** A window's stores over the fake lab, whose time stands still until `tick`. */
import { createPinia, setActivePinia } from 'pinia'
import { nextTick } from 'vue'
import type { RunConfig } from '../../../protocols/core/config.ts'
import type { RunId } from '../../../protocols/core/ids.ts'
import { type FakeLab, fakeLab } from '../../../renderer/client/fake/fakeLab.ts'
import { useLab } from '../../../renderer/stores/lab.ts'
import { usePlayback } from '../../../renderer/stores/playback.ts'
import { useRun } from '../../../renderer/stores/run.ts'

export interface Bench {
  readonly fake: FakeLab
  readonly lab: ReturnType<typeof useLab>
  readonly run: ReturnType<typeof useRun>
  readonly playback: ReturnType<typeof usePlayback>
  /** Opens the recorded run of that name. */
  open(name: string): Promise<RunId>
  /** Starts a live run of five nodes and opens it. */
  startLive(mode?: RunConfig['mode']): Promise<RunId>
}

export async function bench(): Promise<Bench> {
  localStorage.clear()
  const pinia = createPinia()
  setActivePinia(pinia)
  const fake = fakeLab({ auto: false })
  const lab = useLab()
  const run = useRun()
  const playback = usePlayback()
  lab.attach(fake)
  await until(() => lab.runs.length > 0)
  setActivePinia(pinia) // what an earlier test's stores still had to do makes theirs the active one
  return {
    fake,
    lab,
    run,
    playback,
    async open(name) {
      const found = lab.runs.find((each) => each.name === name)
      if (!found) throw new Error(`no run ${name}`)
      await run.open(found.run)
      await until(() => playback.moment !== undefined && !playback.seeking)
      return found.run
    },
    async startLive(mode = 'real') {
      const id = await lab.start({ mode, nodes: 5, seed: 4, network: { delayMs: 10, jitterMs: 5 } })
      await run.open(id)
      await until(() => playback.moment !== undefined)
      return id
    },
  }
}

/** Lets pending work go on until it has come to something. The turns are counted, not the time. */
export async function until(is: () => boolean, turns = 2000): Promise<void> {
  for (let i = 0; i < turns; i++) {
    if (is()) return
    await nextTick()
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  throw new Error(`it never came true: ${is}`)
}
