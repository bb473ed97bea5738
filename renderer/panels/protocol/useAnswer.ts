/** The lab's answer to what a view shows now: one question at a time, always the latest, and again while there is more to read. */
import { markRaw, shallowRef, watch } from 'vue'
import type { PanelAnswer } from '../../../main/contract/panel.ts'
import { useNotices } from '../../stores/notices.ts'
import { type PanelWanted, usePanel } from '../../stores/panel.ts'

/** `wanted`: undefined while nobody looks. `moved`: what else makes the answer old. */
export function useAnswer(wanted: () => PanelWanted | undefined, moved: () => unknown = () => undefined) {
  const panel = usePanel()
  const notices = useNotices()
  const answer = shallowRef<PanelAnswer>()
  let busy = false
  let heard = ''

  const key = (): string => {
    const it = wanted()
    return it === undefined ? '' : JSON.stringify([it, moved()])
  }

  async function load(): Promise<void> {
    busy = true
    try {
      for (let next = wanted(); next && key() !== heard; next = wanted()) {
        const asked = key()
        const got = await panel.ask(next)
        if (wanted()?.run !== next.run || wanted()?.view !== next.view) continue
        answer.value = markRaw(got)
        heard = 'readSeq' in got && got.readSeq < got.lastSeq ? '' : asked
      }
    } catch (error) {
      heard = key() // not again until something else is wanted
      notices.fail(error)
    } finally {
      busy = false
    }
  }

  watch(
    key,
    () => {
      if (!busy) void load()
    },
    { immediate: true },
  )
  watch(
    () => [wanted()?.run, wanted()?.view],
    ([run, view], [runBefore, viewBefore]) => {
      if (run !== undefined && (run !== runBefore || view !== viewBefore)) answer.value = undefined
    },
  )
  return answer
}
