/** What moves at the playhead, as the painter wants it: live, playing and at rest from the same stores. */

import type { MessageId } from '../../../protocols/core/ids.ts'
import type { Flight } from '../../model/flights.ts'
import { useEvents } from '../../stores/events.ts'
import { usePlayback } from '../../stores/playback.ts'
import { useRun } from '../../stores/run.ts'
import { useSelection } from '../../stores/selection.ts'
import { useTheme } from '../../stores/theme.ts'
import type { Places } from './arrangement.ts'
import type { Traffic } from './paint.ts'
import { trailUs, VISIBLE_MS } from './timing.ts'

export function useTraffic() {
  const run = useRun()
  const playback = usePlayback()
  const events = useEvents()
  const selection = useSelection()
  const theme = useTheme()

  const speedNow = (): number => (playback.mode === 'live' ? run.pace : playback.mode === 'playing' ? playback.speed : 0)

  function flightsNow(speed: number): readonly Flight[] {
    const near = playback.flightsNow(trailUs(speed))
    const inFlight = playback.moment?.inFlight
    if (speed > 0) return near
    // At rest the order of events decides, not their times: what the moment has in flight is, and nothing else.
    if (!inFlight) return []
    const known = new Map(near.map((flight) => [flight.message, flight]))
    return [...inFlight.values()].map((one) => {
      const flight = known.get(one.message)
      if (flight) return { ...flight, held: one.held }
      return { ...bare, ...one, heldAtUs: one.sentAtUs }
    })
  }

  /** The event at a resting playhead, when it ended a message's way. */
  function endingNow(speed: number): Traffic['ending'] {
    if (speed > 0) return undefined
    const event = events.peek(playback.seq)
    if (event?.kind !== 'deliver' && event?.kind !== 'drop') return undefined
    const send = events.sendOf(event.message)
    if (!send) return undefined
    return { flight: { ...bare, ...send, sentAtUs: send.atUs, endAtUs: event.atUs }, lost: event.kind === 'drop' }
  }

  function markedNow(speed: number): ReadonlySet<MessageId> {
    const marked = new Set<MessageId>()
    for (const it of [selection.selected, selection.hovered]) {
      if (it?.kind === 'message') marked.add(it.message)
      if (it?.kind === 'event') addMessageOf(it.seq, marked)
    }
    if (speed <= 0) addMessageOf(playback.seq, marked)
    return marked
  }

  function addMessageOf(seq: number, marked: Set<MessageId>): void {
    const event = events.peek(seq)
    if (event && 'message' in event) marked.add(event.message)
  }

  function trafficAt(places: Places): Traffic {
    const speed = speedNow()
    const flights = flightsNow(speed)
    return {
      flights,
      head: { atUs: playback.atUs, speed },
      places,
      speech: run.speech,
      marked: markedNow(speed),
      weight: weightOf(flights, speed),
      still: theme.reducedMotion,
      ending: endingNow(speed),
    }
  }

  /** Where the lab tells of a sample only, a message of it stands for as many as its type's rate says are seen at once. */
  function weightOf(flights: readonly Flight[], speed: number): Traffic['weight'] {
    if (playback.mode !== 'live' || !run.sampled || speed <= 0) return one
    const counts = new Map<string, number>()
    for (const { type } of flights) counts.set(type, (counts.get(type) ?? 0) + 1)
    return (type) => Math.max(1, ((run.rates[type] ?? 0) * VISIBLE_MS) / 1000 / Math.max(1, counts.get(type) ?? 1))
  }

  return { trafficAt, speedNow }
}

const one = (): number => 1
const bare = {
  seq: undefined,
  body: undefined,
  endAtUs: undefined,
  fate: undefined,
  lostTo: undefined,
  held: undefined,
  heldAtUs: undefined,
} as const
