/** How the panels lie: kept between visits, put back with a reset, each change undoable. The dock itself belongs to the workbench, which attaches here. */
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

/** In the order of their digits: the first nine have one. */
export const PANELS = {
  topology: 'Topology',
  spacetime: 'Space-time',
  graph: 'Causality',
  events: 'Log',
  inspector: 'Inspector',
  history: 'History',
  futures: 'Futures',
  /** Its title is what the protocol calls its panel: see stores/panel.ts. */
  protocol: 'Protocol',
  compare: 'Compare',
  state: 'State',
  faults: 'Faults',
  clientbar: 'Clients',
} as const
export type PanelId = keyof typeof PANELS

/** What the workbench can do with its dock. */
export interface Dock {
  /** The layout as plain data. */
  save(): unknown
  /** Throws when the data does not describe a layout. */
  load(layout: unknown): void
  reset(): void
  /** Puts the panel where it belongs, behind what is in front there: nothing else moves, nor does the focus. */
  slip(panel: PanelId): void
  /** Opens the panel where it was, or where it belongs, and gives it the focus. */
  show(panel: PanelId): void
  close(panel: PanelId): void
  isOpen(panel: PanelId): boolean
}

const KEY = 'synod.layout.1'
/** The panels that the person's layout has had a chance to hold: what is not among them is new. */
const KNOWN_KEY = 'synod.layout.panels'
/** Those of the first layouts that were kept, which did not say what they knew. */
const FIRST: readonly PanelId[] = ['topology', 'inspector', 'events', 'faults', 'clientbar']

function knownPanels(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KNOWN_KEY) ?? 'null')
    return Array.isArray(kept) ? kept : FIRST
  } catch {
    return FIRST
  }
}

export const useLayout = defineStore('layout', () => {
  const dock = shallowRef<Dock>()
  const past = shallowRef<readonly string[]>([])
  const canUndo = computed(() => past.value.length > 0)
  let present: string | undefined
  let restoring = false

  function attach(next: Dock): void {
    dock.value = next
    restoring = true
    try {
      const kept = localStorage.getItem(KEY)
      if (kept === null) next.reset()
      else {
        next.load(JSON.parse(kept))
        merge(next)
      }
    } catch {
      next.reset() // a layout of another version
    }
    restoring = false
    localStorage.setItem(KNOWN_KEY, JSON.stringify(Object.keys(PANELS)))
    present = JSON.stringify(next.save())
  }

  /** A layout of before lacks the panels that have come since; what the person closed stays closed. */
  function merge(next: Dock): void {
    const known = new Set(knownPanels())
    for (const panel of Object.keys(PANELS) as PanelId[]) if (!known.has(panel) && !next.isOpen(panel)) next.slip(panel)
  }

  function detach(): void {
    dock.value = undefined
    past.value = []
  }

  /** The workbench says that the dock changed. */
  function changed(): void {
    if (restoring || !dock.value) return
    const now = JSON.stringify(dock.value.save())
    if (now === present) return
    if (present !== undefined) past.value = [...past.value.slice(-29), present]
    present = now
    localStorage.setItem(KEY, now)
  }

  function restore(apply: (dock: Dock) => void): void {
    if (!dock.value) return
    restoring = true
    apply(dock.value)
    restoring = false
    present = JSON.stringify(dock.value.save())
    localStorage.setItem(KEY, present)
  }

  function undo(): void {
    const last = past.value.at(-1)
    if (last === undefined) return
    past.value = past.value.slice(0, -1)
    restore((it) => it.load(JSON.parse(last)))
  }

  function reset(): void {
    if (present !== undefined) past.value = [...past.value.slice(-29), present]
    restore((it) => it.reset())
  }

  const show = (panel: PanelId): void => dock.value?.show(panel)
  const toggle = (panel: PanelId): void => (dock.value?.isOpen(panel) ? dock.value.close(panel) : dock.value?.show(panel))

  return { attach, detach, changed, undo, reset, show, toggle, canUndo }
})
