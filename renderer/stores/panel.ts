/** The panel that the run's protocol describes itself: its words, and what the lab answers about it. */
import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { PanelAnswer } from '../../main/contract/panel.ts'
import type { NodeId, RunId } from '../../protocols/core/ids.ts'
import type { PanelInfo } from '../../protocols/core/panel.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { usePlayback } from './playback.ts'
import { useRun } from './run.ts'
import { useSelection } from './selection.ts'

export interface PanelWanted {
  readonly run: RunId
  readonly view: string
  readonly seq: number
  readonly window: { readonly from?: number; readonly count: number }
}

export const usePanel = defineStore('panel', () => {
  const lab = useLab()
  const run = useRun()
  const playback = usePlayback()
  const selection = useSelection()
  const notices = useNotices()

  const info = computed<PanelInfo | undefined>(() => run.protocol?.panel)
  const title = computed(() => info.value?.title ?? 'Protocol')

  const ask = (wanted: PanelWanted): Promise<PanelAnswer> => lab.call('run.panel', wanted)

  /** Puts the playhead on an event, in every view. */
  function goTo(seq: number): void {
    selection.select({ kind: 'event', seq })
    void playback.jumpTo(seq)
  }

  /** To the event since which a node has what it has in a column, or since which a line lies at or behind it. */
  async function goToSince(of: { view: string; node: NodeId; column: number; line?: string }): Promise<void> {
    const id = run.id
    if (id === undefined) return
    const found = await notices.attempt(() => lab.call('run.panel.since', { run: id, seq: playback.seq, ...of }))
    if (run.id !== id || found === undefined) return
    if (found === null) notices.tell(`${of.node} does not have it at this event.`)
    else goTo(found.seq)
  }

  return { info, title, ask, goTo, goToSince }
})
