/** All logical clients of a run, put together: the one of the client bar, and those of the load. */
import { ClientBars } from '../../protocols/clients/bar.ts'
import type { RunClient } from '../../protocols/clients/client.ts'
import { Compass } from '../../protocols/clients/compass.ts'
import type { Alarm, ClientWorld } from '../../protocols/clients/desk.ts'
import { LoadGenerator } from '../../protocols/clients/load.ts'
import { acceptsOf, mannersOf, readsAnywhere } from '../../protocols/clients/manners.ts'
import { nodeId } from '../../protocols/core/ids.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import type { ClientsSettings } from '../contract/process.ts'
import { RunClock } from '../node/clock.ts'
import { ExitCode } from '../node/fatal.ts'
import type { Parent } from '../node/parent.ts'
import { openTap } from '../node/tap.ts'
import { SocketDesk } from './desk.ts'

/** How often clients look at their clocks. */
const TICK_MS = 10

export async function runClients(settings: ClientsSettings, service: AnyService, protocol: AnyProtocol, parent: Parent): Promise<void> {
  const clock = new RunClock(settings)
  const tap = await openTap(settings.tapPort, settings, clock.atUs(), () => process.exit(ExitCode.good))
  const desk = new SocketDesk(settings, clock, tap)
  const compass = new Compass(settings.nodes.length, 0, new Set(settings.empty))
  let operations = 0
  const world: ClientWorld = {
    ...{
      desk,
      service,
      manners: mannersOf(protocol),
      accepts: acceptsOf(protocol, settings.nodes.length, settings.options),
      readsAnywhere: readsAnywhere(protocol, settings.options),
      compass,
    },
    nodeIndex: (node) => settings.nodes.indexOf(nodeId(node)),
    nextOperation: () => ++operations,
  }
  const alarm = new TimeoutAlarm(clock, () => load.onAlarm())
  const makeLoad = (serial: number) =>
    new LoadGenerator({ world, seed: settings.seed, serial, alarm, onDone: () => void parent.send({ kind: 'loadDone' }) })
  let load = makeLoad(0)
  const bars = new ClientBars(world)
  const clients = (): RunClient[] => [...bars.clients(), ...load.clients]

  setInterval(() => {
    const nowMs = clock.nowMs(clock.atUs())
    for (const client of clients()) if (client.isBusy) client.wake(nowMs)
  }, TICK_MS)

  parent.onMessage((message) => {
    switch (message.kind) {
      case 'begin': {
        clock.begin(message)
        const past = message.clients
        if (!past) return
        operations = past.operations
        desk.continue(past)
        load = makeLoad(past.serial)
        if (past.load) load.set(past.load, past.begun)
        for (const { op, client: by, of, again } of past.open)
          if (again) bars.operate(op, () => {}, { by, ...(of === undefined ? {} : { of: settings.nodes.indexOf(of) }) })
        return
      }
      case 'operate':
        return bars.operate(
          message.op,
          ({ operation, outcome, latencyMs }) => {
            const what = outcome.is === 'ok' ? { is: outcome.is, result: outcome.result } : { is: outcome.is, why: outcome.why }
            void parent.send({ kind: 'answer', call: message.call, operation, latencyMs, ...what })
          },
          message.asking,
        )
      case 'load':
        return load.set(message.load ?? undefined)
      case 'seat':
        return compass.seat(message.node, message.isTaken)
      case 'timeScale':
        clock.setScale(message.scale)
        return load.rescale()
      case 'stop':
        load.set(undefined)
        bars.close()
        for (const client of clients()) client.abandon()
        desk.flush()
        return void tap.end().then(() => process.exit(ExitCode.good))
      case 'be':
      case 'pause':
      case 'resume':
      case 'stopped':
      case 'control':
        return // words for nodes, and for every process (endpoint.ts)
      default:
        return message satisfies never
    }
  })
  await parent.send({ kind: 'ready', port: 0 })
}

/** The system's timer on run time. */
class TimeoutAlarm implements Alarm {
  readonly #clock: RunClock
  readonly #ring: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(clock: RunClock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  set(runMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#ring, Math.max(1, Math.ceil(runMs * this.#clock.scale)))
  }

  clear(): void {
    clearTimeout(this.#timer)
  }
}
