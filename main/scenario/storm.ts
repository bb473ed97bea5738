/** Carries a storm out on a stage: the deeds of a plan drawn from the run's seed, each at its time. */
import type { FaultId } from '../../protocols/core/ids.ts'
import { type Deed, drawPlan } from '../../protocols/sim/plan.ts'
import type { Deadline, Stage } from './stage.ts'

/** Resolves to what befell the run, in a few words. `struck` is called before each misfortune. */
export async function weather(stage: Stage, ms: number, deadline: Deadline, struck: () => void): Promise<string> {
  const plan = drawPlan({ seed: stage.seed, nodes: [...stage.moment.nodes.keys()], ms })
  const faults = new Map<string, FaultId>()
  const beganMs = stage.nowMs()
  const waitUntil = async (atMs: number) => {
    const elapsedMs = (stage.nowMs() - beganMs) / stage.moment.timeScale
    if (atMs > elapsedMs) await stage.sleep(atMs - elapsedMs, deadline)
  }
  let deeds = 0
  for (const { atMs, deed } of plan) {
    await waitUntil(atMs)
    if (deed.do !== 'lift') struck()
    if (await carryOut(stage, deed, faults, deadline)) deeds += 1
  }
  await waitUntil(ms)
  return `${deeds} deeds`
}

/** False when this stage has no such thing. */
async function carryOut(stage: Stage, deed: Deed, faults: Map<string, FaultId>, deadline: Deadline): Promise<boolean> {
  switch (deed.do) {
    case 'node':
      await stage.node(deed.node, deed.what, deadline)
      return true
    case 'arm':
      faults.set(deed.label, await stage.arm(deed.fault, deadline))
      return true
    case 'lift': {
      const fault = faults.get(deed.label)
      if (fault !== undefined) await stage.lift(fault, deadline)
      return fault !== undefined
    }
    case 'clock':
      stage.setClock?.(deed.node, deed.setting)
      return stage.setClock !== undefined
    case 'disk':
      stage.setSync?.(deed.node, deed.syncMs)
      return stage.setSync !== undefined
    default:
      return deed satisfies never
  }
}
