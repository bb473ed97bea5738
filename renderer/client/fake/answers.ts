/** What the fake lab answers about a run that it plays: everything derived from its list of events, as the real lab derives it. */
import { type ColumnsBlock, ROWS_MAX } from '../../../main/contract/causality.ts'
import type { NodeStates, Overview, Response, RunSummary } from '../../../main/contract/commands.ts'
import { BlockWriter } from '../../../protocols/causality/block.ts'
import { Gatherer } from '../../../protocols/causality/gather.ts'
import { differencesOf } from '../../../protocols/core/differences.ts'
import type { RunEvent } from '../../../protocols/core/event.ts'
import type { RunId } from '../../../protocols/core/ids.ts'
import { advance, decodeMoment, encodeMoment, firstMoment, type Moment, type MomentData } from '../../../protocols/core/moment.ts'
import { RAFT_TYPES } from './info.ts'
import { stateOf, treeOf } from './states.ts'
import type { World } from './world.ts'

export interface Run {
  readonly id: RunId
  name: string
  readonly world: World
  readonly startedAt: string
  status: RunSummary['status']
  problem?: string
  scenario?: string
  shrunk?: NonNullable<RunSummary['shrunk']>
  watched: boolean
  told: number
  toldMarks: number
  readonly checkpoints: MomentData[]
}

const CHECKPOINT_EVERY = 500
const SLICES = 400

export function summary({ id, name, world, startedAt, status, problem, scenario, shrunk }: Run): RunSummary {
  return {
    run: id,
    name,
    protocol: world.config.protocol,
    service: world.config.service,
    mode: world.config.mode,
    nodes: world.nodes.length,
    startedAt,
    status,
    ...(problem === undefined ? {} : { problem }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(shrunk === undefined ? {} : { shrunk }),
    events: world.lastSeq,
    lengthUs: world.nowUs,
    sizeBytes: world.lastSeq * 190 + 40_960,
    violations: world.violations.length,
  }
}

export function overview(run: Run): Overview {
  const { world } = run
  const sliceUs = Math.max(10_000, Math.ceil(world.nowUs / SLICES))
  const events = new Array<number>(Math.floor(world.nowUs / sliceUs) + 1).fill(0)
  for (const event of world.events) events[Math.floor(event.atUs / sliceUs)] = (events[Math.floor(event.atUs / sliceUs)] ?? 0) + 1
  return {
    summary: summary(run),
    config: world.config,
    nodes: world.nodes,
    messageTypes: RAFT_TYPES,
    lastSeq: world.lastSeq,
    lengthUs: world.nowUs,
    density: { sliceUs, events },
    marks: world.marks.slice(),
  }
}

/** Whether with `rows` or without: it knows all that was sent before, and begins where it is asked to. */
export function columnsBlock({ world }: Run, from: number, rows = ROWS_MAX): ColumnsBlock {
  const gatherer = new Gatherer({ nodes: world.nodes, messageTypes: RAFT_TYPES })
  const block = new BlockWriter(from, ROWS_MAX, gatherer.endpoints)
  const turns: ColumnsBlock['turns'][number][] = []
  for (const event of world.events.slice(0, from + rows - 1)) {
    const row = gatherer.take(event)
    if (event.seq < from) continue
    block.add(row)
    if (event.kind === 'node' || event.kind === 'action') turns.push(event)
  }
  return { from, rows: block.rows, bytes: block.bytes(), turns, lastSeq: world.lastSeq }
}

/** The moment after an event, from the nearest checkpoint before it. */
export function momentAt(run: Run, seq: number): Moment {
  const { world, checkpoints } = run
  const target = Math.min(seq, world.lastSeq)
  const nearest = Math.min(Math.floor(target / CHECKPOINT_EVERY), checkpoints.length)
  const start = nearest === 0 ? undefined : checkpoints[nearest - 1]
  const moment = start ? decodeMoment(start) : firstMoment(world.nodes, world.config.timeScale, world.config.spares)
  for (let i = moment.seq; i < target; i++) {
    advance(moment, world.events[i] as RunEvent)
    if (moment.seq % CHECKPOINT_EVERY === 0 && checkpoints.length < moment.seq / CHECKPOINT_EVERY) checkpoints.push(encodeMoment(moment))
  }
  return moment
}

export function statesAt(run: Run, seq: number): NodeStates {
  const { world } = run
  const moment = momentAt(run, seq)
  return {
    seq,
    nodes: world.nodes.map((node) => {
      const known = stateOf(world, node, seq)
      const before = known && stateOf(world, node, known.seq - 1)
      const status = moment.nodes.get(node)?.status ?? 'starting'
      const tree = known && treeOf(world, known)
      const changed =
        before?.life === known?.life && before && tree ? differencesOf(treeOf(world, before), tree).differences.map(({ path }) => path) : []
      const runs = status === 'up' || status === 'paused'
      return { node, status, state: runs ? tree : undefined, changed: runs ? changed : [], stepSeq: known?.seq ?? 0 }
    }),
  }
}

export function lastAt(events: readonly RunEvent[], atUs: number): number {
  let [low, high] = [0, events.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((events[middle] as RunEvent).atUs <= atUs) low = middle + 1
    else high = middle
  }
  return low
}

export function rates(world: World): Record<string, number> {
  const found: Record<string, number> = {}
  for (let i = world.events.length - 1; i >= 0; i--) {
    const event = world.events[i] as RunEvent
    if (event.atUs < world.nowUs - 1e6) break
    const key = event.kind === 'send' ? event.type : event.kind
    found[key] = (found[key] ?? 0) + 1
  }
  return found
}

export function verdict(world: World): Response<'run.check'> {
  const { violations } = world
  return {
    is: violations.length > 0 ? 'fail' : 'pass',
    judgedSeq: world.lastSeq,
    lastSeq: world.lastSeq,
    invariants: world.protocol.invariants.map(({ name, statement, source }) => ({
      ...{ name, statement, source },
      violations: violations.filter(({ invariant }) => invariant === name).length,
    })),
    violations,
  }
}
