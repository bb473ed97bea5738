// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test } from 'vitest'
import { type Dock, useLayout } from '../../../renderer/stores/layout.ts'

/** A dock that is nothing but the list of its panels. */
function fakeDock() {
  let panels: string[] = []
  const dock: Dock = {
    save: () => ({ panels }),
    load: (layout) => {
      const given = (layout as { panels?: string[] }).panels
      if (!given) throw new Error('not a layout')
      panels = given
    },
    reset: () => {
      panels = ['topology', 'events']
    },
    slip: (panel) => {
      panels = [...panels, `${panel} behind`]
    },
    show: (panel) => {
      panels = [...panels, panel]
    },
    close: (panel) => {
      panels = panels.filter((other) => other !== panel)
    },
    isOpen: (panel) => panels.includes(panel),
  }
  return { dock, panels: () => panels }
}

beforeEach(() => {
  localStorage.clear()
  setActivePinia(createPinia())
})

test('the first visit gets the usual layout, the next one what was left', () => {
  const first = fakeDock()
  const layout = useLayout()
  layout.attach(first.dock)
  expect(first.panels()).toEqual(['topology', 'events'])
  layout.show('faults')
  layout.changed()
  layout.detach()
  setActivePinia(createPinia())
  const second = fakeDock()
  useLayout().attach(second.dock)
  expect(second.panels()).toEqual(['topology', 'events', 'faults'])
})

test('every change can be undone, a reset too', () => {
  const { dock, panels } = fakeDock()
  const layout = useLayout()
  layout.attach(dock)
  layout.show('inspector')
  layout.changed()
  layout.reset()
  expect(panels()).toEqual(['topology', 'events'])
  layout.undo()
  expect(panels()).toEqual(['topology', 'events', 'inspector'])
  layout.undo()
  expect(panels()).toEqual(['topology', 'events'])
  expect(layout.canUndo).toBe(false)
})

test('a kept layout that cannot be read gives way to the usual one', () => {
  localStorage.setItem('synod.layout.1', '{"grid":')
  const { dock, panels } = fakeDock()
  useLayout().attach(dock)
  expect(panels()).toEqual(['topology', 'events'])
})

test('a layout of before gets the panels that have come since, behind their neighbours; what was closed stays closed', () => {
  const before = JSON.stringify({ panels: ['topology', 'history'] }) // its person had closed the log and the inspector
  localStorage.setItem('synod.layout.1', before)
  const first = fakeDock()
  useLayout().attach(first.dock)
  const added = ['spacetime', 'graph', 'futures', 'protocol', 'compare', 'state'].map((panel) => `${panel} behind`)
  expect(first.panels()).toEqual(['topology', 'history', ...added])
  useLayout().detach()

  // The next time they are known: closed, they do not come back.
  localStorage.setItem('synod.layout.1', before)
  setActivePinia(createPinia())
  const second = fakeDock()
  useLayout().attach(second.dock)
  expect(second.panels()).toEqual(['topology', 'history'])
})
