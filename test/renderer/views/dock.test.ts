// @vitest-environment happy-dom
/** Our panels in the docking library itself. */
import { createDockview } from 'dockview-vue'
import { expect, test } from 'vitest'
import { createDock } from '../../../renderer/views/dock.ts'

function dockview() {
  const element = document.createElement('div')
  document.body.append(element)
  const api = createDockview(element, {
    createComponent: () => ({ element: document.createElement('section'), init: () => {} }),
  })
  api.layout(1280, 800)
  return api
}

test('a panel that comes unasked stands behind what is in front, and takes neither room nor focus', () => {
  const first = dockview()
  const dock = createDock(first)
  dock.reset()
  for (const panel of ['spacetime', 'compare'] as const) dock.close(panel)
  dock.show('graph')
  const kept = JSON.parse(JSON.stringify(dock.save()))

  const api = dockview()
  const next = createDock(api)
  next.load(kept)
  const groups = api.groups.map((group) => [group.id, group.activePanel?.id])
  const active = api.activePanel?.id
  next.slip('spacetime')
  next.slip('compare')
  next.slip('events') // is there
  expect(next.isOpen('spacetime') && next.isOpen('compare')).toBe(true)
  expect(api.groups.map((group) => [group.id, group.activePanel?.id])).toEqual(groups)
  expect(api.activePanel?.id).toBe(active)
  expect(api.getPanel('spacetime')?.group.id).toBe(api.getPanel('topology')?.group.id)
})

test('where its neighbour is closed, it still takes no room', () => {
  const api = dockview()
  const dock = createDock(api)
  dock.reset()
  for (const { id } of [...api.panels]) if (id !== 'events') api.removePanel(api.getPanel(id) as never)
  dock.slip('spacetime')
  expect(api.groups).toHaveLength(1)
  expect(api.activePanel?.id).toBe('events')
})
