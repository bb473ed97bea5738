/** Messages and events with all that is recorded round them: asked of the lab, however far apart it lies. */
import { defineStore } from 'pinia'
import type { EventReport, MessageReport } from '../../main/contract/query.ts'
import type { MessageId } from '../../protocols/core/ids.ts'
import { useLab } from './lab.ts'
import { usePlayback } from './playback.ts'
import { useRun } from './run.ts'
import { useSelection } from './selection.ts'

export const useCauses = defineStore('causes', () => {
  const lab = useLab()
  const run = useRun()
  const playback = usePlayback()
  const selection = useSelection()

  /** Undefined when the run was closed meanwhile. Rejects with a LabError. */
  async function message(id: MessageId): Promise<MessageReport | undefined> {
    const asked = run.id
    if (asked === undefined) return undefined
    const report = await lab.call('run.message', { run: asked, message: id })
    return run.id === asked ? report : undefined
  }

  async function event(seq: number): Promise<EventReport | undefined> {
    const asked = run.id
    if (asked === undefined) return undefined
    const report = await lab.call('run.event', { run: asked, seq })
    return run.id === asked ? report : undefined
  }

  /** Selects an event and puts the playhead there. */
  function go(seq: number): void {
    selection.select({ kind: 'event', seq })
    void playback.jumpTo(seq)
  }

  return { message, event, go }
})
