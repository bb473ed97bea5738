// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest'
import DropTarget from '../../../renderer/panels/exchange/DropTarget.vue'
import { useExchange } from '../../../renderer/stores/exchange.ts'
import { useNotices } from '../../../renderer/stores/notices.ts'
import { useStarting } from '../../../renderer/stores/starting.ts'
import { show } from '../panels/mounting.ts'
import { type Bench, bench, until } from './bench.ts'

let it: Bench
beforeEach(async () => {
  it = await bench()
})

const scenario = new File(['name: Homework 3\nsteps: []\n'], 'homework.yaml')

test('a scenario that was handed out is started as what the person chose, and opened', async () => {
  const started = vi.spyOn(it.lab, 'startScenario')
  const starting = useStarting()
  starting.mode = 'simulation'
  await starting.playFile(scenario)
  expect(started).toHaveBeenCalledExactlyOnceWith(await scenario.text(), 'simulation')
  expect(it.run.summary?.name).toBe('Homework 3')
  expect(starting.title).toBeUndefined()
})

test('what is wrong in it is said, and the next can be tried', async () => {
  vi.spyOn(it.lab, 'startScenario').mockRejectedValue(new Error('line 3, column 5: there is no step called crsh'))
  const failed = vi.spyOn(useNotices(), 'attempt')
  const starting = useStarting()
  await starting.playFile(scenario)
  expect(failed).toHaveBeenCalledOnce()
  expect([it.run.isOpen, starting.title]).toEqual([false, undefined])
})

test('dropped on the window a scenario is carried out, and anything else is imported', async () => {
  const [played, imported] = [vi.spyOn(useStarting(), 'playFile'), vi.spyOn(useExchange(), 'importFrom').mockResolvedValue()]
  const target = show(DropTarget)
  const run = new File(['x'], 'run.synod')
  const event = new Event('drop', { cancelable: true })
  Object.assign(event, { dataTransfer: { types: ['Files'], files: [scenario, run] } })
  window.dispatchEvent(event)
  await until(() => imported.mock.calls.length > 0)
  expect(played).toHaveBeenCalledExactlyOnceWith(scenario)
  expect(imported).toHaveBeenCalledExactlyOnceWith({ file: run })
  target.unmount()
})
