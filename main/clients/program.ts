/** All logical clients of a run, put together: the one of the client bar, and those of the load. */
import { nodeId } from '../../protocols/core/ids.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import type { ClientsSettings, ToProcess } from '../contract/process.ts'
import { RunClock } from '../node/clock.ts'
import { ExitCode } from '../node/fatal.ts'
import type { Parent } from '../node/parent.ts'
import { openTap } from '../node/tap.ts'
import { Compass } from './compass.ts'
import { Desk } from './desk.ts'
import { LoadGenerator } from './load.ts'
import { type ClientWorld, LogicalClient } from './session.ts'

/** How often clients look at their clocks. */
const TICK_MS = 10

type Operate = Extract<ToProcess, { kind: 'operate' }>

export async function runClients(settings: ClientsSettings, service: AnyService, parent: Parent): Promise<void> {
  const clock = new RunClock(settings)
  const tap = await openTap(settings.tapPort, settings, clock.atUs(), () => process.exit(ExitCode.good))
  const desk = new Desk(settings, clock, tap)
  let operations = 0
  const world: ClientWorld = {
    ...{ desk, service, compass: new Compass(settings.nodes.length) },
    nodeIndex: (node) => settings.nodes.indexOf(nodeId(node)),
    nextOperation: () => ++operations,
  }
  const load = new LoadGenerator({ world, seed: settings.seed, onDone: () => void parent.send({ kind: 'loadDone' }) })
  const bar = new ClientBar(new LogicalClient('you', world), parent)
  const clients = (): LogicalClient[] => [bar.client, ...load.clients]

  setInterval(() => {
    const nowMs = clock.nowMs(clock.atUs())
    for (const client of clients()) if (client.isBusy) client.wake(nowMs)
  }, TICK_MS)

  parent.onMessage((message) => {
    switch (message.kind) {
      case 'operate':
        return bar.operate(message)
      case 'load':
        return load.set(message.load ?? undefined)
      case 'timeScale':
        clock.setScale(message.scale)
        return load.rescale()
      case 'stop':
        load.set(undefined)
        bar.close()
        for (const client of clients()) client.abandon()
        desk.flush()
        return void tap.end().then(() => process.exit(ExitCode.good))
      case 'pause':
      case 'resume':
      case 'stopped':
        return // words for nodes, and for every process (endpoint.ts)
      default:
        return message satisfies never
    }
  })
  await parent.send({ kind: 'ready', port: 0 })
}

/** The client `you`: what a person asks for is done in the order in which it was asked. */
class ClientBar {
  readonly client: LogicalClient
  readonly #parent: Parent
  readonly #waiting: Operate[] = []

  constructor(client: LogicalClient, parent: Parent) {
    this.client = client
    this.#parent = parent
  }

  operate(asked: Operate): void {
    this.#waiting.push(asked)
    this.#next()
  }

  /** What was not begun yet never will be. */
  close(): void {
    this.#waiting.length = 0
  }

  #next(): void {
    if (this.client.isBusy) return
    const asked = this.#waiting.shift()
    if (!asked) return
    this.client.operate(asked.op, ({ operation, outcome, latencyMs }) => {
      const what = outcome.is === 'ok' ? { is: outcome.is, result: outcome.result } : { is: outcome.is, why: outcome.why }
      void this.#parent.send({ kind: 'answer', call: asked.call, operation, latencyMs, ...what })
      this.#next()
    })
  }
}
