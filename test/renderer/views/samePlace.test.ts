// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test } from 'vitest'
import { nextTick } from 'vue'
import { fakeLab } from '../../../renderer/client/fake/fakeLab.ts'
import { useLab } from '../../../renderer/stores/lab.ts'
import { useRun } from '../../../renderer/stores/run.ts'
import { useSamePlace } from '../../../renderer/views/useSamePlace.ts'
import { until } from '../stores/bench.ts'

const fake = fakeLab({ auto: false })
beforeEach(() => sessionStorage.clear())

/** The window is loaded, again or for the first time. */
async function loaded() {
  setActivePinia(createPinia())
  const [lab, run] = [useLab(), useRun()]
  useSamePlace()
  lab.attach(fake)
  await until(() => lab.runs.length > 0)
  await nextTick()
  return { lab, run }
}

test('a window that is loaded again shows the run that it had open', async () => {
  const { lab, run } = await loaded()
  expect(run.id).toBeUndefined()
  const one = lab.runs[1]?.run
  await run.open(one as never)
  const again = await loaded()
  await until(() => again.run.isOpen)
  expect(again.run.id).toBe(one)
})

test('a run that was closed stays closed, and one that is gone is not asked for', async () => {
  const { lab, run } = await loaded()
  await run.open(lab.runs[0]?.run as never)
  run.close()
  await nextTick()
  expect((await loaded()).run.id).toBeUndefined()
  sessionStorage.setItem('synod.run', 'no-such-run')
  expect((await loaded()).run.id).toBeUndefined()
})
