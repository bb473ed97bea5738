/** A node, put together: its disk, its connections, and the driver that runs the protocol between them. */
import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers'
import { endpointIds } from '../../protocols/core/ids.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import { Stamps } from '../../protocols/host/stamps.ts'
import type { ByteWriter } from '../../protocols/wire/bytes.ts'
import type { NodeSettings, Onset, ToProcess } from '../contract/process.ts'
import { RunClock } from './clock.ts'
import { readContinued } from './continued.ts'
import type { Links } from './departures.ts'
import { WriteAheadFile } from './disk.ts'
import { Driver } from './driver.ts'
import { ExitCode } from './fatal.ts'
import { giveBackUnusedMemory } from './heap.ts'
import { Incoming } from './incoming.ts'
import { lockFolder } from './lock.ts'
import { Outbox } from './outbox.ts'
import { OutgoingLink } from './outgoingLink.ts'
import type { Parent } from './parent.ts'
import { openStampFile } from './stampFile.ts'
import { openTap, type Tap } from './tap.ts'

/** The first step waits for the first good hello, so that it comes after the engine has heard that the node is up. But no longer than this. */
const HELLO_WAIT_MS = 250
/** By then a cluster has elected somebody, and all that a start needs has been used. */
const SETTLED_MS = 1500

export async function runNode(
  settings: NodeSettings,
  definition: AnyProtocol,
  service: AnyService,
  parent: Parent,
): Promise<Pick<Driver, 'lastWords'>> {
  const { id, nodes, members, endpoint, life, dataFolder, messageTypes, linkPorts } = settings
  await lockFolder(dataFolder)
  const clock = new RunClock(settings)
  const endpoints = endpointIds(nodes)
  const tap = await openTap(settings.tapPort, settings, clock.atUs(), () => process.exit(ExitCode.good))
  const links = new NodeLinks(endpoints.length)
  const open = () => {
    const { disk, recovered, cutBytes } = WriteAheadFile.open(dataFolder, { run: settings.run, node: id })
    if (cutBytes > 0) console.log(`${id}: the last write before the crash was not finished; cut ${cutBytes} bytes from the end of the disk`)
    const stampFile = openStampFile(dataFolder)
    const stamps = new Stamps(endpoints.length, endpoint, stampFile.reserve)
    stamps.beginAt(stampFile.floor)
    const opened = new Driver({
      ...{ definition, service, id, nodes, members, endpoint, life, seed: settings.seed, messageTypes, sync: settings.sync },
      ...{ options: definition.options.parse(settings.options ?? {}), clock, stamps, disk, tap, links, atTurnsEnd: setImmediate },
    })
    return { opened, recovered }
  }

  // A disk that cannot be read is found before the node says that it is ready; one that is still being written waits.
  const found = settings.waits ? undefined : open()
  let driver = found?.opened
  let isStarted = false
  const start = () => {
    if (isStarted || !found) return
    isStarted = true
    found.opened.start(found.recovered)
  }
  /** Time goes on: with the life that another process began, when that is here, else with a new one. */
  const begin = (onset: Onset) => {
    if (isStarted) return
    isStarted = true
    clock.begin(onset)
    const { opened, recovered } = open()
    driver = opened
    const continued = readContinued(dataFolder, life)
    if (continued) {
      links.awaitClients()
      driver.continue(continued)
    } else driver.start(recovered)
    incoming.setHeld(false)
  }
  const incoming = new Incoming({
    ...{ identity: settings, endpoints: endpoints.length, messageTypes: messageTypes.length },
    onLink: (from, socket) => {
      if (from === nodes.length) links.answerOn(socket)
      start()
    },
    onFrame: (from, bytes, view, at, end) => driver?.onFrame(from, bytes, view, at, end),
    onReject: (where, why) => driver?.reject(`${id}, ${where}`, why),
  })
  if (settings.waits) incoming.setHeld(true)
  links.incoming = incoming
  const port = await incoming.listen(settings.listenPort)
  for (const [to, peer] of endpoints.entries()) {
    const linkPort = linkPorts[peer]
    if (linkPort !== undefined) links.add(new OutgoingLink({ port: linkPort, to, identity: settings, atUs: () => clock.atUs() }), to)
  }
  parent.onMessage((message) => {
    if (message.kind === 'begin') return begin(message)
    if (driver || message.kind === 'timeScale') obey(message, { clock, driver, incoming, tap })
    else if (message.kind === 'stop') void tap.end().then(() => process.exit(ExitCode.good))
  })
  await parent.send({ kind: 'ready', port })
  setTimeout(start, HELLO_WAIT_MS)
  setTimeout(giveBackUnusedMemory, SETTLED_MS)
  return { lastWords: (why) => driver?.lastWords(why) }
}

interface Parts {
  readonly clock: RunClock
  readonly driver: Driver | undefined
  readonly incoming: Incoming
  readonly tap: Tap
}

function obey(message: ToProcess, { clock, driver, incoming, tap }: Parts): void {
  switch (message.kind) {
    case 'timeScale':
      clock.setScale(message.scale)
      return driver?.timers.rescale()
    case 'pause':
      incoming.setHeld(true)
      return driver?.timers.hold()
    case 'resume':
      driver?.timers.release()
      return incoming.setHeld(false)
    case 'control':
      return driver?.onControl(message.control)
    case 'stop':
      driver?.close()
      return void tap.end().then(() => process.exit(ExitCode.good))
    case 'be':
    case 'begin':
    case 'operate':
    case 'load':
    case 'seat':
    case 'stopped':
      return // words for the clients, and for every process (endpoint.ts)
    default:
      return message satisfies never
  }
}

/** Frames on their way out: over a link of one's own to other nodes, back over the clients' connection to clients. */
class NodeLinks implements Links {
  incoming: Incoming | undefined
  readonly #clients = new Outbox()
  readonly #links: OutgoingLink[] = []
  /** By endpoint. */
  readonly #outboxes: { readonly writer: ByteWriter }[]
  #clientSocket: Socket | undefined
  /** They are about to connect: what is for them waits. */
  #areClientsAwaited = false

  constructor(endpoints: number) {
    this.#outboxes = Array.from({ length: endpoints }, () => this.#clients)
  }

  add(link: OutgoingLink, to: number): void {
    this.#outboxes[to] = link
    this.#links.push(link)
  }

  /** Replies go back over the newest connection. */
  answerOn(socket: Socket): void {
    this.#clientSocket = socket
    this.#areClientsAwaited = false
    this.#clients.flush(socket)
    socket.on('close', () => {
      if (this.#clientSocket === socket) this.#clientSocket = undefined
    })
  }

  awaitClients(): void {
    this.#areClientsAwaited = this.#clientSocket === undefined
  }

  writer(to: number): ByteWriter {
    return (this.#outboxes[to] as Outbox).writer
  }

  flushTo(to: number): void {
    const link = this.#outboxes[to]
    if (link instanceof OutgoingLink) link.flush()
    else this.#flushClients()
  }

  flush(): void {
    for (const link of this.#links) link.flush()
    this.#flushClients()
  }

  #flushClients(): void {
    if (this.#clientSocket) this.#clients.flush(this.#clientSocket)
    else if (!this.#areClientsAwaited) this.#clients.drop('gathered') // whoever asked is gone
  }

  seal(): void {
    for (const link of this.#links) link.seal()
    this.#clients.seal()
  }

  release(): void {
    for (const link of this.#links) link.release()
    if (this.#clientSocket) this.#clients.release(this.#clientSocket)
    else this.#clients.drop('sealed')
  }

  setPaused(isPaused: boolean): void {
    this.incoming?.setPaused(isPaused)
  }
}
