/** Our panels in the docking library: where each belongs, how to open and close it, the layout as plain data. */
import type { AddPanelOptions, DockviewApi, SerializedDockview } from 'dockview-vue'
import { nextTick } from 'vue'
import { type Dock, PANELS, type PanelId } from '../stores/layout.ts'

/** Where a panel goes when it is opened: beside the panel it belongs to, if that is there. */
const HOME: Record<
  PanelId,
  { beside?: PanelId; direction: 'left' | 'right' | 'above' | 'below' | 'within'; width?: number; height?: number }
> = {
  topology: { direction: 'left' },
  inspector: { beside: 'topology', direction: 'right', width: 336 },
  events: { beside: 'topology', direction: 'below', height: 224 },
  faults: { beside: 'inspector', direction: 'below', height: 276 },
  clientbar: { beside: 'faults', direction: 'below', height: 144 },
  history: { beside: 'topology', direction: 'within' },
  futures: { beside: 'topology', direction: 'within' },
  protocol: { beside: 'topology', direction: 'within' },
  graph: { beside: 'topology', direction: 'within' },
  spacetime: { beside: 'topology', direction: 'within' },
  compare: { beside: 'topology', direction: 'within' },
  state: { beside: 'topology', direction: 'within' },
}
const ORDER: readonly PanelId[] = [
  ...(['topology', 'inspector', 'events', 'faults', 'clientbar'] as const),
  ...(['spacetime', 'graph', 'protocol', 'state', 'history', 'futures', 'compare'] as const),
]

/** Ends the way into a panel that somebody is still on. */
let giveUp = () => {}

/**
 * The keyboard goes to what a panel is there for, or else to the first thing that can be done in it. A panel that was behind another
 * is seen a little later, and what has to be read first is there later still: it gets it then, unless the person has gone elsewhere.
 */
function enter(panel: HTMLElement): void {
  giveUp()
  let stood = document.activeElement
  const arrive = () => {
    const at = document.activeElement // the body, where what had it is no longer seen
    if (at !== stood && at !== document.body) return giveUp()
    const home = panel.querySelector<HTMLElement>('[data-home][tabindex="0"], input[data-home]')
    // A term says what it means where the keyboard is: nobody asked.
    const wanted = home ?? panel.querySelector<HTMLElement>('button:enabled, input:enabled, [tabindex="0"]:not(.term)')
    wanted?.focus() // what is not seen does not take it
    stood = document.activeElement
    if (home && stood === home) giveUp()
  }
  const [shown, filled] = [new ResizeObserver(arrive), new MutationObserver(arrive)]
  giveUp = () => {
    shown.disconnect()
    filled.disconnect()
  }
  shown.observe(panel)
  filled.observe(panel, { childList: true, subtree: true })
}

export function createDock(api: DockviewApi): Dock {
  function add(panel: PanelId, inactive = false): void {
    const { beside, direction: wanted, width, height } = HOME[panel]
    const own = beside !== undefined && api.getPanel(beside) ? beside : undefined
    // What comes unasked takes no room from what is there.
    const neighbour = own ?? (inactive ? api.panels[0]?.id : undefined)
    const direction = inactive ? 'within' : wanted
    const options: AddPanelOptions = {
      id: panel,
      component: panel,
      title: PANELS[panel],
      renderer: 'always', // a topology that is hidden behind a tab keeps its arrangement
      position:
        neighbour === undefined ? { direction: direction === 'within' ? 'right' : direction } : { referencePanel: neighbour, direction },
      ...(width === undefined ? {} : { initialWidth: width }),
      ...(height === undefined ? {} : { initialHeight: height }),
      inactive,
    }
    api.addPanel(options)
  }

  return {
    save: () => api.toJSON(),
    load: (layout) => {
      api.fromJSON(layout as SerializedDockview)
      if (api.panels.length === 0) throw new Error('a layout without panels')
    },
    reset: () => {
      api.clear()
      for (const panel of ORDER) add(panel)
      api.getPanel('topology')?.api.setActive()
    },
    slip: (panel) => {
      if (!api.getPanel(panel)) add(panel, true)
    },
    show: (panel) => {
      if (!api.getPanel(panel)) add(panel)
      const found = api.getPanel(panel)
      found?.api.setActive()
      found?.focus()
      if (found) void nextTick(() => enter(found.view.content.element))
    },
    close: (panel) => {
      const found = api.getPanel(panel)
      if (found) api.removePanel(found)
    },
    isOpen: (panel) => api.getPanel(panel) !== undefined,
  }
}
