/** What the pointer does to the drawing: select, hover, open the fault menu, let a held message through. */
import type { Core, EventObject } from 'cytoscape'
import { type Ref, watch } from 'vue'
import { CLIENTS, type EndpointId, type MessageId, type NodeId } from '../../../protocols/core/ids.ts'
import { type Breakable, useBreaking } from '../../stores/breaking.ts'
import { useEvents } from '../../stores/events.ts'
import { useFaults } from '../../stores/faults.ts'
import { useLayout } from '../../stores/layout.ts'
import { usePlayback } from '../../stores/playback.ts'
import { useSeats } from '../../stores/seats.ts'
import { useSelection } from '../../stores/selection.ts'
import { messageAt, type Painted } from './paint.ts'

const REACH_PX = 11

interface Drawing {
  readonly graph: Ref<Core | undefined>
  readonly paintedNow: () => readonly Painted[]
}

export function useHands({ graph, paintedNow }: Drawing) {
  const selection = useSelection()
  const playback = usePlayback()
  const faults = useFaults()
  const breaking = useBreaking()
  const events = useEvents()
  const layout = useLayout()
  const seats = useSeats()

  function messageUnder(event: EventObject): Painted | undefined {
    const zoom = event.cy.zoom()
    return messageAt(paintedNow(), event.position, REACH_PX / zoom)
  }

  function pickMessage(message: MessageId): void {
    const seq = events.sendOf(message)?.seq
    selection.select(seq === undefined ? { kind: 'message', message } : { kind: 'message', message, seq })
  }

  /** A held message is let through where that can still be done; elsewhere it is selected like any other. */
  function tapMessage({ message, held }: Painted): void {
    const fault = held ? playback.moment?.inFlight.get(message)?.held : undefined
    if (fault !== undefined && faults.canAct && faults.isArmedNow(fault)) void faults.release(fault, message)
    pickMessage(message)
  }

  function subjectOf(event: EventObject): Breakable | undefined {
    const { target } = event
    if (target === event.cy) return undefined
    if (target.isNode()) return { kind: 'node', node: target.id() as EndpointId }
    return { kind: 'link', from: target.data('source'), to: target.data('target') }
  }

  function listen(core: Core): void {
    core.on('tap', (event) => {
      const hit = event.target !== event.cy && event.target.isNode() ? undefined : messageUnder(event)
      if (hit) return tapMessage(hit)
      const subject = subjectOf(event)
      selection.select(subject)
      if (subject?.kind === 'node' && seats.canChange && seats.isEmpty(subject.node as NodeId)) void seats.add(subject.node as NodeId)
    })
    core.on('dbltap', 'node', () => layout.show('inspector'))
    core.on('cxttap', (event) => {
      const subject = subjectOf(event)
      const pointer = event.originalEvent
      if (!subject || !(pointer instanceof MouseEvent)) return
      selection.select(subject)
      breaking.openMenu(subject, { x: pointer.clientX, y: pointer.clientY })
    })
    core.on('mousemove', (event) => {
      const onNode = event.target !== event.cy && event.target.isNode()
      const hit = onNode ? undefined : messageUnder(event)
      const container = event.cy.container()
      selection.hover(hit ? { kind: 'message', message: hit.message } : subjectOf(event))
      if (container) container.style.cursor = hit || event.target !== event.cy ? 'pointer' : ''
    })
    core.on('mouseout', (event) => {
      if (event.target === event.cy) selection.hover(undefined)
    })
  }

  watch(
    graph,
    (core) => {
      if (core) listen(core)
    },
    { immediate: true },
  )

  return { pickMessage, isClients: (id: EndpointId) => id === CLIENTS }
}
