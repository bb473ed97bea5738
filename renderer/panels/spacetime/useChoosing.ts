/** Which event is chosen, however that is done: seen in every view, brought into sight here, told to those who hear the diagram. */
import { computed, watch } from 'vue'
import { eventSentence } from '../../../protocols/words/eventText.ts'
import { useEvents } from '../../stores/events.ts'
import { usePlayback } from '../../stores/playback.ts'
import { useReadout } from '../../stores/readout.ts'
import { useSelection } from '../../stores/selection.ts'
import { useTelling } from '../../stores/telling.ts'
import type { Parts } from './useSeen.ts'

export type Choosing = ReturnType<typeof useChoosing>

export function useChoosing({ diagram, relation }: Parts) {
  const playback = usePlayback()
  const readout = useReadout()
  const selection = useSelection()
  const events = useEvents()
  const telling = useTelling()

  /** Chosen here, it is seen everywhere: the playhead goes there too. */
  function choose(row: number): void {
    selection.select({ kind: 'event', seq: row })
    void playback.jumpTo(row)
  }

  function compareWith(row: number): void {
    if (relation.chosen.value === undefined) return choose(row)
    relation.other.value = row === relation.chosen.value ? undefined : row
  }

  /** The present event stays, as the one to compare with, while the person walks on from it. */
  function hold(): void {
    relation.other.value = relation.other.value === undefined ? relation.chosen.value : undefined
  }

  function goTo(row: number | undefined): void {
    if (row === undefined || row < 1) return
    choose(row)
    diagram.show(diagram.drawing.value.placement.ofRow(row))
  }

  /** The chosen event, or else the one at the playhead. */
  function here(): number {
    const { columns } = diagram.drawing.value
    return Math.max(columns.first, Math.min(relation.chosen.value ?? readout.now.seq, columns.count))
  }

  // What is chosen elsewhere comes into sight.
  watch(relation.chosen, (row) => {
    if (row !== undefined && diagram.stretch.value) diagram.show(diagram.drawing.value.placement.ofRow(row))
  })

  const present = computed(() => {
    const row = relation.chosen.value
    const event = row === undefined ? undefined : events.get(row)
    return event && eventSentence(event, telling.value)
  })

  return { choose, compareWith, hold, goTo, here, present }
}
