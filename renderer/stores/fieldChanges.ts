/** When did a field change? Looked for from the playhead outwards, both ways at once, until somebody has seen enough. */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { FieldChange } from '../../main/contract/state.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { usePlayback } from './playback.ts'
import { useRun } from './run.ts'

export interface FieldAsked {
  readonly node: NodeId
  readonly path: string
  /** Where the playhead stood when it was asked. */
  readonly seq: number
}

/** Found on either side before it stops by itself; `more` goes on. */
const PAGE = 60

export const useFieldChanges = defineStore('fieldChanges', () => {
  const lab = useLab()
  const run = useRun()
  const playback = usePlayback()
  const notices = useNotices()

  const asked = shallowRef<FieldAsked>()
  const earlier = shallowRef<readonly FieldChange[]>([])
  const later = shallowRef<readonly FieldChange[]>([])
  const next = shallowRef<{ readonly backward: number | undefined; readonly forward: number | undefined }>({
    backward: undefined,
    forward: undefined,
  })
  const looking = shallowRef(false)
  const problem = shallowRef<string>()
  let round = 0

  /** In the order of the run. */
  const changes = computed(() => [...earlier.value].reverse().concat(later.value))
  /** What share of the run has been looked through. */
  const share = computed(() => {
    const { backward, forward } = next.value
    return run.lastSeq === 0 ? 1 : Math.max(0, (forward ?? run.lastSeq) - (backward ?? 0)) / run.lastSeq
  })
  const isWhole = computed(() => next.value.backward === undefined && next.value.forward === undefined)

  watch(() => run.id, close)

  function ask(node: NodeId, path: string): Promise<void> {
    const { seq } = playback
    asked.value = { node, path, seq }
    earlier.value = []
    later.value = []
    problem.value = undefined
    next.value = { backward: seq, forward: seq < run.lastSeq ? seq : undefined }
    return more()
  }

  async function more(): Promise<void> {
    const [question, id, mine] = [asked.value, run.id, ++round]
    if (!question || id === undefined) return
    looking.value = true
    const until = { backward: earlier.value.length + PAGE, forward: later.value.length + PAGE }
    try {
      for (const turns = ['backward', 'forward'] as const; ; ) {
        let asks = 0
        for (const direction of turns) {
          const from = next.value[direction]
          const found = direction === 'backward' ? earlier : later
          if (from === undefined || found.value.length >= until[direction]) continue
          asks++
          const { node, path } = question
          const part = await lab.call('run.changes', { run: id, node, path, from, direction, limit: PAGE })
          if (mine !== round || run.id !== id) return
          found.value = [...found.value, ...part.changes]
          next.value = { ...next.value, [direction]: part.next }
          problem.value ??= part.problem
        }
        if (asks === 0) return
      }
    } catch (error) {
      if (mine === round) notices.fail(error)
    } finally {
      if (mine === round) looking.value = false
    }
  }

  function stop(): void {
    round++
    looking.value = false
  }

  function close(): void {
    stop()
    asked.value = undefined
    earlier.value = []
    later.value = []
  }

  return { asked, changes, looking, share, isWhole, problem, ask, more, stop, close }
})
