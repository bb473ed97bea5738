/**
 * The present as a person can read it. The playhead of a live run moves with every frame and its recording grows thirty times
 * a second; words, numbers and lists that followed each step could not be read and would cost the frames in which messages
 * move. They follow this instead: a few times a second while time runs, more seldom when so much happens that nobody could
 * read along, at once when it rests and when something stands out. All of it is of one instant, so that no two parts of the
 * window contradict each other, and is drawn in one frame.
 */
import { defineStore } from 'pinia'
import { onScopeDispose, shallowRef, watch } from 'vue'
import type { Density } from '../model/density.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { type Mode, usePlayback } from './playback.ts'
import { useRun } from './run.ts'

export interface Readout {
  readonly seq: number
  /** The time at the playhead; the end of the recording while it is followed. */
  readonly atUs: number
  readonly moment: Snapshot | undefined
  readonly lastSeq: number
  readonly lengthUs: number
  readonly density: Density
  readonly rates: { readonly [type: string]: number }
}

const EVERY_MS: Record<Mode, number> = { live: 100, playing: 50, paused: 100 }
/** Of a log that grows by more than so many events a second no line can be read while it runs. */
const CROWDED_PER_SECOND = 500
const CROWDED_EVERY_MS = 400

export const useReadout = defineStore('readout', () => {
  const run = useRun()
  const playback = usePlayback()

  const now = shallowRef<Readout>(read())
  let waiting: ReturnType<typeof setTimeout> | undefined
  let takenAtMs = 0
  let isCrowded = false

  function read(): Readout {
    const { lastSeq, lengthUs, density, rates } = run
    const { seq, atUs, moment, mode } = playback
    return { seq, atUs: mode === 'live' ? lengthUs : atUs, moment, lastSeq, lengthUs, density, rates }
  }

  function take(): void {
    clearTimeout(waiting)
    waiting = undefined
    const nowMs = performance.now()
    const next = read()
    isCrowded = Math.abs(next.seq - now.value.seq) > ((nowMs - takenAtMs) / 1000) * CROWDED_PER_SECOND
    takenAtMs = nowMs
    now.value = next
  }

  function takeSoon(): void {
    waiting ??= setTimeout(take, isCrowded && playback.mode !== 'paused' ? CROWDED_EVERY_MS : EVERY_MS[playback.mode])
  }

  // What a person did and what stands out is seen at once; so is a playhead that rests, wherever it is put.
  watch([() => run.id, () => run.isOpen, () => run.isLive, () => run.marks, () => playback.mode], take)
  watch([() => playback.seq, () => playback.atUs, () => playback.moment], () => (playback.mode === 'paused' ? take() : takeSoon()))
  watch([() => run.lastSeq, () => run.lengthUs, () => run.density, () => run.rates], takeSoon)
  onScopeDispose(() => clearTimeout(waiting))

  return { now }
})
