/**
 * An imitation of the lab behind the window's client: one live run that goes on in real time, and a few recorded ones.
 * It answers every command as the contract says, so that the window can be developed, photographed and tested without
 * an engine.
 */
import type {
  Command,
  EventFilter,
  NodeStates,
  Overview,
  ParsedRequest,
  Request,
  Response,
  RunSummary,
} from '../../../main/contract/commands.ts'
import { requests } from '../../../main/contract/commands.ts'
import { LabError } from '../../../main/contract/errors.ts'
import type { Change } from '../../../main/contract/stream.ts'
import type { RunConfig } from '../../../protocols/core/config.ts'
import type { RunEvent } from '../../../protocols/core/event.ts'
import { CLIENTS, type NodeId, nodeId, type RunId, runId } from '../../../protocols/core/ids.ts'
import type { Json } from '../../../protocols/core/json.ts'
import { advance, decodeMoment, encodeMoment, firstMoment, type Moment, type MomentData } from '../../../protocols/core/moment.ts'
import type { ScreenClient } from '../screenClient.ts'
import { INVARIANTS, info, RAFT_TYPES } from './info.ts'
import { World } from './world.ts'

interface Run {
  readonly id: RunId
  name: string
  readonly world: World
  readonly startedAt: string
  status: RunSummary['status']
  problem?: string
  watched: boolean
  told: number
  toldMarks: number
  readonly checkpoints: MomentData[]
}

const CHECKPOINT_EVERY = 500
const SLICES = 400

export interface FakeOptions {
  /** A clock in milliseconds; live runs follow it. */
  readonly now?: () => number
  /** False: live runs only go on when `tick` is called. */
  readonly auto?: boolean
}

export interface FakeLab extends ScreenClient {
  /** Lets every live run go on for so many milliseconds and tells the listeners. */
  tick(ms: number): void
}

/** For commands that answer nothing. */
function done(act: () => void): null {
  act()
  return null
}

export function fakeLab({ auto = true }: FakeOptions = {}): FakeLab {
  const runs = new Map<RunId, Run>()
  const listeners = new Set<(change: Change) => void>()
  let count = 0

  const tell = (change: Change): void => {
    for (const listener of listeners) listener(change)
  }
  const tellRuns = (): void => tell({ kind: 'runs', runs: listRuns() })

  function add(name: string, config: Partial<RunConfig>, status: RunSummary['status'], startedAt: string): Run {
    const id = runId(`run-${++count}`)
    const run: Run = { id, name, world: new World(config), startedAt, status, watched: false, told: 0, toldMarks: 0, checkpoints: [] }
    runs.set(id, run)
    return run
  }

  function get(id: RunId): Run {
    const run = runs.get(id)
    if (!run) throw new LabError('not-found', `There is no run ${id} in the library.`, 'Look at the list of runs again.')
    return run
  }

  function live(id: RunId): World {
    const run = get(id)
    if (run.status !== 'live')
      throw new LabError(
        'run-not-live',
        `${run.name} has ended: nothing can be done to it any more.`,
        'Start a new run, or replay this one.',
      )
    return run.world
  }

  const listRuns = (): RunSummary[] => [...runs.values()].map(summary).sort((a, b) => b.startedAt.localeCompare(a.startedAt))

  function tick(ms: number): void {
    for (const run of runs.values()) {
      if (run.status !== 'live') continue
      run.world.runTo(run.world.nowUs + ms * 1000)
      if (run.watched) report(run)
    }
  }

  function report(run: Run): void {
    const { world } = run
    if (world.lastSeq === run.told) return
    const events = world.events.slice(run.told)
    const marks = world.marks.slice(run.toldMarks)
    run.told = world.lastSeq
    run.toldMarks = world.marks.length
    tell({ kind: 'grew', run: run.id, lastSeq: world.lastSeq, lengthUs: world.nowUs, events, rates: rates(world), marks })
    if (marks.some(({ kind }) => kind === 'violation')) tell({ kind: 'verdict', run: run.id, verdict: verdict(world) })
  }

  const handlers: { [C in Command]: (request: never) => unknown } = {
    'lab.info': () => info,
    'runs.list': listRuns,
    'runs.start': ({ config }: { config: RunConfig }) => begin(config, config.name ?? `Raft, ${config.nodes} nodes`),
    'runs.scenario': ({ text }: { text: string }) =>
      begin({ nodes: 5, network: { delayMs: 12, jitterMs: 8 } }, /^name: (.*)$/m.exec(text)?.[1] ?? 'Scenario'),
    'runs.stop': ({ run }: { run: RunId }) => {
      const found = get(run)
      if (found.status === 'live') {
        found.world.end()
        report(found)
        found.status = 'ended'
        tellRuns()
      }
      return summary(found)
    },
    'runs.rename': ({ run, name }: { run: RunId; name: string }) => {
      get(run).name = name
      tellRuns()
      return summary(get(run))
    },
    'runs.delete': ({ run }: { run: RunId }) => {
      get(run)
      runs.delete(run)
      tellRuns()
      return null
    },
    'runs.import': ({ path }: { path: string }) => {
      if (!path.endsWith('.synod')) throw new LabError('bad-run-file', `${path} is not a run file.`, 'Choose a file that ends in .synod.')
      const run = add(
        path.split('/').at(-1)?.replace('.synod', '') ?? 'Imported',
        { seed: 9, network: { delayMs: 10, jitterMs: 4 } },
        'ended',
        new Date().toISOString(),
      )
      run.world.runTo(8e6)
      run.world.end()
      tellRuns()
      return summary(run)
    },
    'runs.export': ({ run }: { run: RunId }) => {
      get(run)
      return null
    },
    'run.client': async ({ run, text }: { run: RunId; text: string }) => {
      const words = text.trim().split(/\s+/)
      if (!/^(get|put|append|delete|cas)$/.test(words[0] ?? '') || words.length < 2)
        throw new LabError('bad-request', `“${text}” is not an operation of the key-value store.`, 'Try: put x 1')
      return await live(run).ask(words.join(' '))
    },
    'run.load': ({ run, load }: ParsedRequest<'run.load'>) => done(() => live(run).setLoad(load)),
    'run.node': ({ run, node, action }: ParsedRequest<'run.node'>) => done(() => live(run).act(node, action)),
    'run.arm': (request: ParsedRequest<'run.arm'>) => live(request.run).arm(request.fault),
    'run.lift': ({ run, fault }: ParsedRequest<'run.lift'>) => done(() => live(run).lift(fault as never)),
    'run.heal': ({ run }: { run: RunId }) => done(() => live(run).heal()),
    'run.release': ({ run, fault, message }: ParsedRequest<'run.release'>) => ({
      released: live(run).release(fault as never, message as never),
    }),
    'run.timeScale': ({ run, scale }: ParsedRequest<'run.timeScale'>) => done(() => live(run).setTimeScale(scale)),
    'run.overview': ({ run }: { run: RunId }) => overview(get(run)),
    'run.events': ({ run, ...ask }: ParsedRequest<'run.events'>) => readEvents(get(run).world, ask),
    'run.moment': ({ run, seq }: ParsedRequest<'run.moment'>) => encodeMoment(momentAt(get(run), seq)),
    'run.states': ({ run, seq }: ParsedRequest<'run.states'>) => statesAt(get(run), seq),
    'run.seek': ({ run, atUs }: ParsedRequest<'run.seek'>) => ({ seq: lastAt(get(run).world.events, atUs) }),
    'run.check': ({ run }: { run: RunId }) => verdict(get(run).world),
    'run.watch': ({ run, on }: { run: RunId; on: boolean }) => {
      const found = get(run)
      found.watched = on
      found.told = found.world.lastSeq
      found.toldMarks = found.world.marks.length
      return null
    },
  }

  function begin(config: Partial<RunConfig>, name: string): { run: RunId } {
    const run = add(name, config, 'live', new Date().toISOString())
    run.world.runTo(60_000)
    tellRuns()
    return { run: run.id }
  }

  stock(add)
  if (auto) {
    let last = performance.now()
    setInterval(() => {
      const now = performance.now()
      tick(now - last)
      last = now
    }, 33)
  }

  return {
    tick,
    async call<C extends Command>(command: C, request: Request<C>): Promise<Response<C>> {
      const parsed = requests[command].safeParse(request)
      if (!parsed.success) throw new LabError('bad-request', `${command}: ${parsed.error.issues[0]?.message ?? 'does not fit'}`)
      await Promise.resolve()
      return (await handlers[command](parsed.data as never)) as Response<C>
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onConnection: (listener) => {
      listener('open')
      return () => undefined
    },
  }
}

/** The recorded runs that the library holds at first: a quiet one, an eventful one, one with a violation, two that are damaged. */
function stock(add: (name: string, config: Partial<RunConfig>, status: RunSummary['status'], startedAt: string) => Run): void {
  const eventful = add(
    'Leader crash and partition',
    { nodes: 5, seed: 7, network: { delayMs: 14, jitterMs: 8 } },
    'ended',
    '2026-11-22T16:41:08Z',
  )
  playOut(eventful.world)
  const broken = add(
    'Election safety broken',
    { nodes: 3, seed: 21, network: { delayMs: 10, jitterMs: 6 } },
    'ended',
    '2026-11-22T15:02:44Z',
  )
  broken.world.runTo(6.2e6)
  broken.world.accuse('Election Safety', 'n1 and n3 both lead term 4')
  broken.world.runTo(9e6)
  broken.world.end()
  const quiet = add('Seven nodes at rest', { nodes: 7, seed: 3, network: { delayMs: 8, jitterMs: 2 } }, 'ended', '2026-11-21T09:12:00Z')
  quiet.world.runTo(5e6)
  quiet.world.end()
  const cut = add('Overnight load', { nodes: 5, seed: 5, network: { delayMs: 10, jitterMs: 2 } }, 'interrupted', '2026-11-20T22:30:00Z')
  cut.world.runTo(4e6)
  const unreadable = add('run-0012', { nodes: 3 }, 'unreadable', '2026-11-19T11:00:00Z')
  unreadable.problem = 'The file ends in the middle of a page.'
}

/** Forty seconds in which much goes wrong and is put right. */
export function playOut(world: World): void {
  const n = (i: number): NodeId => nodeId(`n${i}`)
  const leader = (): NodeId => world.nodes.find((node) => node.role === 'leader' && node.status === 'up')?.id ?? n(1)
  world.runTo(2.5e6)
  world.setLoad({ clients: 4, rate: 14, mix: { read: 5, write: 4, cas: 1 }, keys: 5, valueBytes: 8 })
  world.runTo(9e6)
  const first = leader()
  world.act(first, 'crash')
  world.runTo(14e6)
  world.act(first, 'restart')
  world.runTo(17e6)
  const second = leader()
  const minority = [second, world.nodes.find((node) => node.id !== second)?.id ?? n(2)]
  const split = world.arm({
    kind: 'cut',
    target: { groups: [minority, world.nodes.map(({ id }) => id).filter((id) => !minority.includes(id))] },
  })
  world.runTo(24e6)
  world.lift(split.id)
  world.runTo(27e6)
  world.arm({ kind: 'delay', target: { links: [[leader(), n(3)]] }, delayMs: 200, jitterMs: 50 })
  world.runTo(29e6)
  world.act(n(5), 'pause')
  world.runTo(33e6)
  world.act(n(5), 'resume')
  world.arm({
    kind: 'loss',
    target: {
      links: [
        [n(2), n(4)],
        [n(4), n(2)],
      ],
    },
    probability: 0.3,
  })
  world.runTo(38e6)
  world.end()
}

function summary({ id, name, world, startedAt, status, problem }: Run): RunSummary {
  return {
    run: id,
    name,
    protocol: world.config.protocol,
    service: world.config.service,
    nodes: world.nodes.length,
    startedAt,
    status,
    ...(problem === undefined ? {} : { problem }),
    events: world.lastSeq,
    lengthUs: world.nowUs,
    sizeBytes: world.lastSeq * 190 + 40_960,
    violations: world.violations.length,
  }
}

function overview(run: Run): Overview {
  const { world } = run
  const sliceUs = Math.max(10_000, Math.ceil(world.nowUs / SLICES))
  const events = new Array<number>(Math.floor(world.nowUs / sliceUs) + 1).fill(0)
  for (const event of world.events) events[Math.floor(event.atUs / sliceUs)] = (events[Math.floor(event.atUs / sliceUs)] ?? 0) + 1
  return {
    summary: summary(run),
    config: world.config,
    nodes: world.nodes.map(({ id }) => id),
    messageTypes: RAFT_TYPES,
    lastSeq: world.lastSeq,
    lengthUs: world.nowUs,
    density: { sliceUs, events },
    marks: world.marks.slice(),
  }
}

/** The moment after an event, from the nearest checkpoint before it. */
function momentAt(run: Run, seq: number): Moment {
  const { world, checkpoints } = run
  const target = Math.min(seq, world.lastSeq)
  const nearest = Math.min(Math.floor(target / CHECKPOINT_EVERY), checkpoints.length)
  const start = nearest === 0 ? undefined : checkpoints[nearest - 1]
  const moment = start
    ? decodeMoment(start)
    : firstMoment(
        world.nodes.map(({ id }) => id),
        world.config.timeScale,
      )
  for (let i = moment.seq; i < target; i++) {
    advance(moment, world.events[i] as RunEvent)
    if (moment.seq % CHECKPOINT_EVERY === 0 && checkpoints.length < moment.seq / CHECKPOINT_EVERY) checkpoints.push(encodeMoment(moment))
  }
  return moment
}

function statesAt(run: Run, seq: number): NodeStates {
  const moment = momentAt(run, seq)
  return {
    seq,
    nodes: run.world.nodes.map(({ id }) => {
      const index = run.world.states.findLastIndex((entry) => entry.node === id && entry.seq <= seq)
      const entry = run.world.states[index]
      const before = run.world.states.slice(0, Math.max(0, index)).findLast((other) => other.node === id)
      const status = moment.nodes.get(id)?.status ?? 'starting'
      const state = status === 'down' || status === 'starting' ? undefined : entry?.state
      return { node: id, status, state, changed: entry && before ? changedKeys(before.state, entry.state) : [], stepSeq: entry?.seq ?? 0 }
    }),
  }
}

function changedKeys(before: Json, after: Json): string[] {
  const [a, b] = [before as Record<string, Json>, after as Record<string, Json>]
  return Object.keys(b).filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]))
}

function lastAt(events: readonly RunEvent[], atUs: number): number {
  let [low, high] = [0, events.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((events[middle] as RunEvent).atUs <= atUs) low = middle + 1
    else high = middle
  }
  return low
}

function readEvents(world: World, { from, limit, direction, filter }: Omit<ParsedRequest<'run.events'>, 'run'>): Response<'run.events'> {
  const events: RunEvent[] = []
  const stride = direction === 'backward' ? -1 : 1
  let seq = direction === 'backward' ? Math.min(from, world.lastSeq) : Math.max(1, from)
  let scanned = 0
  for (; seq >= 1 && seq <= world.lastSeq && events.length < limit && scanned < 50_000; seq += stride, scanned++) {
    const event = world.events[seq - 1] as RunEvent
    if (!filter || passes(world, event, filter)) events.push(event)
  }
  const more = seq >= 1 && seq <= world.lastSeq
  return { events, next: more ? seq : undefined, scanned }
}

function passes(world: World, event: RunEvent, { nodes, types, text }: EventFilter): boolean {
  const sent = 'message' in event ? world.events.find((other) => other.kind === 'send' && other.message === event.message) : undefined
  const send = sent?.kind === 'send' ? sent : undefined
  if (nodes && nodes.length > 0) {
    const ends = [
      send?.from,
      send?.to,
      'node' in event ? event.node : undefined,
      event.kind === 'invoke' || event.kind === 'return' ? CLIENTS : undefined,
    ]
    if (!nodes.some((node) => ends.includes(node))) return false
  }
  if (types && types.length > 0 && !types.includes(event.kind) && !(send && types.includes(send.type))) return false
  return !text || JSON.stringify(event).toLowerCase().includes(text.toLowerCase())
}

function rates(world: World): Record<string, number> {
  const found: Record<string, number> = {}
  for (let i = world.events.length - 1; i >= 0; i--) {
    const event = world.events[i] as RunEvent
    if (event.atUs < world.nowUs - 1e6) break
    const key = event.kind === 'send' ? event.type : event.kind
    found[key] = (found[key] ?? 0) + 1
  }
  return found
}

function verdict(world: World): Response<'run.check'> {
  const { violations } = world
  return {
    is: violations.length > 0 ? 'fail' : 'pass',
    judgedSeq: world.lastSeq,
    lastSeq: world.lastSeq,
    invariants: INVARIANTS.map((it) => ({ ...it, violations: violations.filter(({ invariant }) => invariant === it.name).length })),
    violations,
  }
}
