/**
 * A lab within the window: simulated runs, live ones that go on in real time and a few that have ended. It answers every command
 * as the contract says, so that the window can be developed, photographed and tested without an engine.
 */
import type { Bookmark, Bookmarks } from '../../../main/contract/bookmarks.ts'
import {
  type Command,
  type ParsedRequest,
  type Request,
  type Response,
  type RunSummary,
  requests,
} from '../../../main/contract/commands.ts'
import { LabError } from '../../../main/contract/errors.ts'
import type { Change } from '../../../main/contract/stream.ts'
import type { RunConfig } from '../../../protocols/core/config.ts'
import { type NodeId, type RunId, runId } from '../../../protocols/core/ids.ts'
import type { Mark } from '../../../protocols/core/mark.ts'
import { encodeMoment } from '../../../protocols/core/moment.ts'
import type { ScreenClient } from '../screenClient.ts'
import { columnsBlock, lastAt, momentAt, overview, type Run, rates, statesAt, summary, verdict } from './answers.ts'
import { futuresOf } from './futures.ts'
import { historyOf } from './history.ts'
import { info } from './info.ts'
import { panelOf, sinceOf } from './panel.ts'
import { eventReport, find, messageReport, pick, readEvents } from './search.ts'
import { changesIn, diffOf, laneOf, partAt } from './states.ts'
import { stock } from './stock.ts'
import { World } from './world.ts'

export interface FakeOptions {
  /** False: live runs only go on when `tick` is called. */
  readonly auto?: boolean
}

export interface FakeLab extends ScreenClient {
  /** Lets every live run go on for so many milliseconds and tells the listeners. */
  tick(ms: number): void
  /** A node says no to what it was told, as one of a real protocol would. */
  sayNo(run: RunId, node: NodeId, no: NonNullable<Mark['no']>): void
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
      run.world.runTo(run.world.nowUs + (ms * 1000) / run.world.pace)
      if (run.watched) report(run)
    }
  }

  function report(run: Run): void {
    const { world } = run
    if (world.lastSeq === run.told && world.marks.length === run.toldMarks) return
    const events = world.events.slice(run.told)
    const marks = world.marks.slice(run.toldMarks)
    run.told = world.lastSeq
    run.toldMarks = world.marks.length
    tell({ kind: 'grew', run: run.id, lastSeq: world.lastSeq, lengthUs: world.nowUs, events, rates: rates(world), marks })
    if (marks.some(({ kind }) => kind === 'violation')) tell({ kind: 'verdict', run: run.id, verdict: verdict(world) })
  }

  const bookmarks = new Map<RunId, Bookmarks>()

  const handlers: { [C in Command]: (request: never) => unknown } = {
    'lab.info': () => info,
    'runs.list': listRuns,
    'runs.start': ({ config }: { config: RunConfig }) => begin(config, config.name ?? `Raft, ${config.nodes} nodes`),
    'runs.foresee': () => null,
    'runs.scenario': ({ text, mode = 'real' }: ParsedRequest<'runs.scenario'>) =>
      begin({ mode, nodes: 5, network: { delayMs: 12, jitterMs: 8 } }, /^name: (.*)$/m.exec(text)?.[1] ?? 'Scenario'),
    'run.branch': ({ run, name }: ParsedRequest<'run.branch'>) =>
      begin(
        { mode: 'simulation', nodes: get(run).world.nodes.length, network: { delayMs: 12, jitterMs: 8 } },
        name ?? `${get(run).name}, branch`,
      ),
    'run.branch.prepare': () => null,
    'run.branch.stop': () => null,
    'runs.compare': () => {
      throw new LabError('bad-request', 'This lab of a test compares nothing.')
    },
    'runs.compare.stop': () => null,
    'runs.beside': () => {
      throw new LabError('bad-request', 'This lab of a test simulates nothing.')
    },
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
    'exchange.export': ({ run, path, as }: ParsedRequest<'exchange.export'>) => {
      const { name } = get(run)
      return path === undefined ? { ticket: 'ticket', name: `${name}.${as}` } : { path }
    },
    'exchange.import': ({ name }: ParsedRequest<'exchange.import'>) => {
      const run = add(name ?? 'Imported', {}, 'ended', new Date().toISOString())
      run.world.runTo(8e6)
      run.world.end()
      tellRuns()
      return summary(run)
    },
    'exchange.stop': () => null,
    'run.client': async ({ run, text }: { run: RunId; text: string }) => {
      return await live(run).ask(text)
    },
    'run.load': ({ run, load }: ParsedRequest<'run.load'>) => done(() => live(run).setLoad(load)),
    'run.node': ({ run, node, action }: ParsedRequest<'run.node'>) => done(() => live(run).act(node, action)),
    'run.tell': ({ run, node, control }: ParsedRequest<'run.tell'>) => done(() => live(run).tell(node, control)),
    'run.clock': ({ run, node, ...setting }: ParsedRequest<'run.clock'>) => done(() => live(run).setClock(node, setting)),
    'run.disk': ({ run, node, syncMs }: ParsedRequest<'run.disk'>) => done(() => live(run).setSync(node, syncMs)),
    'run.arm': (request: ParsedRequest<'run.arm'>) => live(request.run).arm(request.fault),
    'run.lift': ({ run, fault }: ParsedRequest<'run.lift'>) => done(() => live(run).lift(fault as never)),
    'run.heal': ({ run }: { run: RunId }) => done(() => live(run).heal()),
    'run.release': ({ run, fault, message }: ParsedRequest<'run.release'>) => ({
      released: live(run).release(fault as never, message as never),
    }),
    'run.timeScale': ({ run, scale }: ParsedRequest<'run.timeScale'>) => done(() => live(run).setTimeScale(scale)),
    'run.overview': ({ run }: { run: RunId }) => overview(get(run)),
    'run.events': ({ run, ...ask }: ParsedRequest<'run.events'>) => readEvents(get(run).world, ask),
    'run.find': ({ run, ...ask }: ParsedRequest<'run.find'>) => find(get(run).world, ask),
    'run.pick': ({ run, seqs }: ParsedRequest<'run.pick'>) => pick(get(run).world, seqs),
    'run.message': ({ run, message }: ParsedRequest<'run.message'>) => messageReport(get(run).world, message),
    'run.event': ({ run, seq }: ParsedRequest<'run.event'>) => eventReport(get(run).world, seq),
    'run.moment': ({ run, seq }: ParsedRequest<'run.moment'>) => encodeMoment(momentAt(get(run), seq)),
    'run.states': ({ run, seq }: ParsedRequest<'run.states'>) => statesAt(get(run), seq),
    'run.columns': ({ run, from, rows }: ParsedRequest<'run.columns'>) => columnsBlock(get(run), from, rows),
    'run.state.part': ({ run, ...ask }: ParsedRequest<'run.state.part'>) => partAt(get(run).world, ask),
    'run.diff': ({ run, ...ask }: ParsedRequest<'run.diff'>) => diffOf(get(run).world, ask),
    'run.changes': ({ run, ...ask }: ParsedRequest<'run.changes'>) => changesIn(get(run).world, ask),
    'run.lane': ({ run, ...ask }: ParsedRequest<'run.lane'>) => laneOf(get(run).world, ask),
    'run.bookmarks': ({ run }: { run: RunId }) => ({ bookmarks: bookmarks.get(get(run).id) ?? [] }),
    'run.bookmark.put': ({ run, id, seq, note }: ParsedRequest<'run.bookmark.put'>) => {
      const known = bookmarks.get(run) ?? []
      const old = known.find((one) => one.id === id)
      const atUs = get(run).world.events[seq - 1]?.atUs ?? 0
      const made = old ? { ...old, note } : { id: `b${known.length + 1}`, seq, atUs, note }
      return { bookmarks: keepBookmarks(run, [...known.filter((one) => one !== old), made]), id: made.id }
    },
    'run.bookmark.delete': ({ run, id }: ParsedRequest<'run.bookmark.delete'>) => ({
      bookmarks: keepBookmarks(
        run,
        (bookmarks.get(run) ?? []).filter((one) => one.id !== id),
      ),
    }),
    'run.seek': ({ run, atUs }: ParsedRequest<'run.seek'>) => ({ seq: lastAt(get(run).world.events, atUs) }),
    'run.check': ({ run }: { run: RunId }) => verdict(get(run).world),
    'run.futures': ({ run, at }: ParsedRequest<'run.futures'>) => {
      const { world } = get(run)
      const seq = at ?? world.violations[0]?.seq
      if (seq === undefined) throw new LabError('bad-request', 'Nothing was violated in this run.')
      return futuresOf(world, seq)
    },
    'run.futures.stop': () => null,
    'run.future': ({ run }: { run: RunId }) => summary(get(run)),
    'run.history': ({ run }: { run: RunId }) => historyOf(get(run).world.events),
    'run.panel': ({ run, ...ask }: ParsedRequest<'run.panel'>) => panelOf(get(run), ask),
    'run.panel.since': ({ run, ...ask }: ParsedRequest<'run.panel.since'>) => sinceOf(get(run), ask),
    'run.watch': ({ run, on }: { run: RunId; on: boolean }) => {
      const found = get(run)
      found.watched = on
      found.told = found.world.lastSeq
      found.toldMarks = found.world.marks.length
      return null
    },
  }

  function keepBookmarks(run: RunId, list: readonly Bookmark[]): Bookmarks {
    const kept = [...list].sort((a, b) => a.seq - b.seq)
    bookmarks.set(run, kept)
    tell({ kind: 'bookmarks', run, bookmarks: kept })
    return kept
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
    sayNo: (run, node, no) => get(run).world.sayNo(node, no),
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
