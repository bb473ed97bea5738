/** What sentences about events need to know, from the open run. */
import { computed } from 'vue'
import type { Telling } from '../../protocols/words/eventText.ts'
import { faultTexts } from '../../protocols/words/marks.ts'
import { useEvents } from './events.ts'
import { useRun } from './run.ts'

/** `changed`: read to learn that what was not known may have come. */
export function useTelling(changed?: () => unknown) {
  const run = useRun()
  const events = useEvents()
  const faults = computed(() => faultTexts(run.marks))
  return computed<Telling>(() => {
    changed ? changed() : events.version
    return {
      nodes: run.nodes,
      speech: run.speech,
      sendOf: events.sendOf,
      opOf: events.opOf,
      faultText: (fault) => faults.value.get(fault),
    }
  })
}
