/**
 * The proxy itself, without its thread: one port per directed link and one for taps, faults on links, and the feed.
 * Knows TCP and nothing of protocols; every verdict is asked of protocols/net.
 */
import type { Socket } from 'node:net'
import type { ActionEvent, Unnumbered } from '../../protocols/core/event.ts'
import type { ArmedFault } from '../../protocols/core/fault.ts'
import { type EndpointId, endpointIds, type FaultId, type MessageId, type NodeId } from '../../protocols/core/ids.ts'
import { LinkFate } from '../../protocols/net/link.ts'
import { linksOf } from '../../protocols/net/target.ts'
import { eachFlight } from '../../protocols/sim/framed.ts'
import type { FeedAck } from '../../protocols/wire/feed.ts'
import type { FrameHeader } from '../../protocols/wire/frame.ts'
import type { Onset } from '../contract/process.ts'
import { Clock } from './clock.ts'
import { Dialer } from './dialer.ts'
import { Door } from './door.ts'
import { Feeder } from './feeder.ts'
import { Inlet } from './inlet.ts'
import { Link } from './link.ts'
import type { PausableSocket } from './pausable.ts'
import { Rejections } from './rejections.ts'
import { Schedule } from './schedule.ts'
import type { ProxyPorts, ProxySettings } from './settings.ts'
import { TapConnection } from './tap.ts'
import { Vigil } from './vigil.ts'

export interface ProxyOptions extends ProxySettings {
  /** Takes a batch of the feed; its buffer changes hands. `acked` must follow. */
  feed(batch: Uint8Array<ArrayBuffer>): void
  onTapClosed?(endpoint: EndpointId, life: number): void
  onTrouble?(text: string): void
  /** Bounds that a test may draw closer. */
  readonly bounds?: { readonly unackedBytesMax?: number; readonly waitingBytesMax?: number }
}

export class FrameProxy {
  readonly #options: ProxyOptions
  readonly #endpoints: readonly EndpointId[]
  readonly #clients: number
  readonly #clock: Clock
  readonly #feeder: Feeder
  readonly #schedule: Schedule
  readonly #vigil = new Vigil()
  readonly #rejections: Rejections
  /** By from × endpoints + to. */
  readonly #links = new Map<number, Link>()
  readonly #dialers = new Map<NodeId, Dialer[]>()
  readonly #doors: Door[] = []
  readonly #reading = new Set<PausableSocket>()
  readonly #faults = new Map<FaultId, readonly Link[]>()
  #armed = 0
  #isClosed = false

  constructor(options: ProxyOptions) {
    this.#options = options
    this.#endpoints = endpointIds(options.nodes)
    this.#clients = options.nodes.length
    this.#clock = new Clock(options.epochUs, options.past?.timeScale ?? options.timeScale)
    this.#schedule = new Schedule(this.#clock)
    const { unackedBytesMax } = options.bounds ?? {}
    this.#feeder = new Feeder({
      post: options.feed,
      onPressure: (isHigh) => this.#press(isHigh),
      ...(unackedBytesMax === undefined ? {} : { unackedBytesMax }),
    })
    this.#rejections = new Rejections((event) => this.#feeder.event(event))
    for (let from = 0; from < this.#endpoints.length; from++)
      for (let to = 0; to < this.#endpoints.length; to++) if (from !== to) this.#links.set(this.#key(from, to), this.#makeLink(from, to))
    for (const [to, node] of options.nodes.entries())
      this.#dialers.set(
        node,
        [...this.#links.values()].filter((link) => link.to === to).map((link) => this.#makeDialer(link)),
      )
  }

  /** Time goes on where another run was, and what was on its way goes on. */
  begin(onset: Onset): void {
    const { past } = this.#options
    this.#clock.begin(onset)
    for (const { from, to, fate } of past?.links ?? []) {
      this.#link(from, to).fate.continue(fate)
      this.#link(from, to).fate.reseed(past?.seed ?? 0)
    }
    this.#armed = past?.armed ?? 0
    for (const fault of past?.faults ?? [])
      this.#faults.set(
        fault.id,
        linksOf(fault.target, this.#endpoints).map(({ from, to }) => this.#link(from, to)),
      )
    if (past)
      eachFlight(past.flights, (frame, { from, to, dueUs, copies, held }) =>
        this.#link(from, to).put(frame, { dueMs: Math.max(dueUs, past.atUs) / 1e3, copies, held }),
      )
    this.#schedule.run(this.#clock.nowUs())
  }

  /** Handed to the feed and not acknowledged. */
  get unackedBytes(): number {
    return this.#feeder.unackedBytes
  }

  /** Opens all ports. Rejects, with nothing left open, when one cannot be. */
  async listen(): Promise<ProxyPorts> {
    try {
      const linkPorts: { [from: string]: { [to: string]: number } } = {}
      const tapPort = await this.#open(this.#tapDoor())
      for (const link of this.#links.values()) {
        if (link.to === this.#clients) continue // clients do not listen: replies travel back on their own connections
        const port = await this.#open(this.#linkDoor(link))
        linkPorts[this.#name(link.from)] = { ...linkPorts[this.#name(link.from)], [this.#name(link.to)]: port }
      }
      return { tapPort, linkPorts }
    } catch (error) {
      await this.close()
      throw error
    }
  }

  setTarget(node: NodeId, port: number | undefined, life: number): void {
    for (const dialer of this.#dialers.get(node) ?? []) dialer.aim(port, life)
  }

  /** Throws when a fault of this id is armed already. */
  arm(fault: ArmedFault): void {
    if (this.#faults.has(fault.id)) throw new Error(`fault ${fault.id} is armed already`)
    const links = linksOf(fault.target, this.#endpoints).map(({ from, to }) => this.#link(from, to))
    this.#armed += 1
    for (const link of links) link.fate.arm(fault, this.#armed)
    this.#faults.set(fault.id, links)
    this.#act({ do: 'arm', fault })
  }

  /** False when it is not armed. */
  lift(fault: FaultId): boolean {
    const links = this.#faults.get(fault)
    if (!links) return false
    this.#faults.delete(fault)
    this.#act({ do: 'lift', fault })
    for (const link of links) {
      if (link.fate.lift(fault)) this.#schedule.hasten(link, this.#clock.nowUs())
      link.release(fault, undefined, () => {})
    }
    return true
  }

  release(fault: FaultId, message?: MessageId): number {
    let count = 0
    for (const link of this.#faults.get(fault) ?? [])
      count += link.release(fault, message, (released) => this.#act({ do: 'release', fault, message: released }))
    return count
  }

  setTimeScale(scale: number): void {
    this.#clock.setScale(scale)
    this.#schedule.reset()
    this.#act({ do: 'timeScale', scale })
  }

  event(event: Unnumbered): void {
    this.#feeder.event(event)
  }

  acked(ack: FeedAck): void {
    this.#feeder.acked(ack)
  }

  /** Resolves when all that is in the feed so far was acknowledged. */
  flush(): Promise<void> {
    return this.#feeder.flush()
  }

  /** Closes every port and connection and hands over the rest of the feed. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#schedule.close()
    for (const node of this.#options.nodes) this.setTarget(node, undefined, 0)
    await Promise.all(this.#doors.map((door) => door.close()))
    this.#feeder.close()
  }

  #makeLink(from: number, to: number): Link {
    const { seed, messageTypes, network, bounds } = this.#options
    const isBetweenNodes = from !== this.#clients && to !== this.#clients
    return new Link({
      from,
      to,
      name: `${this.#name(from)}→${this.#name(to)}`,
      fate: new LinkFate({ seed, from, to, network: isBetweenNodes ? network : { delayMs: 0, jitterMs: 0 } }),
      clock: this.#clock,
      feeder: this.#feeder,
      schedule: this.#schedule,
      vigil: this.#vigil,
      endpointCount: this.#endpoints.length,
      messageTypes,
      ...(bounds?.waitingBytesMax === undefined ? {} : { waitingBytesMax: bounds.waitingBytesMax }),
    })
  }

  #makeDialer(link: Link): Dialer {
    return new Dialer({
      link,
      credentials: this.#options,
      nowUs: () => this.#clock.nowUs(),
      onOpen: (socket, life) => {
        if (link.from === this.#clients) return this.#read(socket, this.#link(link.to, link.from), life)
        socket.on('data', () => {
          this.#reject(`link ${link.name}`, `${this.#name(link.to)} wrote on a connection that only brings it messages; it was closed`)
          socket.destroy()
        })
      },
      onTrouble: (text) => this.#options.onTrouble?.(text),
    })
  }

  #linkDoor(link: Link): Door {
    return new Door({
      where: `link ${link.name}`,
      as: 'link',
      credentials: this.#options,
      check: ({ from, to, life }) => {
        if (from !== link.from || to !== link.to) return `a hello for the link ${this.#name(from)}→${this.#name(to)}`
        return life === 0 ? 'a hello of life 0, where lives count from 1' : undefined
      },
      onOpen: (socket, { life }, rest) => {
        if (link.from === this.#clients) {
          const { outlet } = this.#link(link.to, link.from)
          outlet.use(socket)
          socket.on('close', () => outlet.gone(socket))
        }
        this.#read(socket, link, life, rest)
      },
      onReject: (where, why) => this.#reject(where, why),
    })
  }

  #tapDoor(): Door {
    return new Door({
      where: 'tap',
      as: 'tap',
      credentials: this.#options,
      check: ({ from, life }) => {
        if (from >= this.#endpoints.length) return `a tap of endpoint ${from}, where the run has ${this.#endpoints.length}`
        return life === 0 ? 'a tap of life 0, where lives count from 1' : undefined
      },
      onOpen: (socket, header, rest) => this.#openTap(socket, header, rest),
      onReject: (where, why) => this.#reject(where, why),
    })
  }

  #openTap(socket: Socket, { from, life }: FrameHeader, rest: Uint8Array): void {
    const endpoint = this.#name(from)
    const tap = new TapConnection({
      socket,
      onRecords: (records) => this.#feeder.tap(from, life, records),
      onReject: (why) => this.#reject(`tap of ${endpoint}`, why),
      onClosed: () => {
        if (this.#isClosed) return
        this.#reading.delete(tap)
        this.#feeder.closed(from, life)
        this.#options.onTapClosed?.(endpoint as EndpointId, life)
      },
    })
    this.#watch(tap)
    tap.read(rest)
  }

  #read(socket: Socket, link: Link, life: number, rest?: Uint8Array): void {
    const inlet = new Inlet({
      socket,
      link,
      life,
      onReject: (where, why) => this.#reject(where, why),
      onClosed: (closed) => this.#reading.delete(closed),
    })
    this.#watch(inlet)
    if (rest && rest.length > 0) inlet.read(rest)
  }

  #watch(reading: PausableSocket): void {
    this.#reading.add(reading)
    if (this.#feeder.isHigh) reading.pauseFor('feed')
  }

  #press(isHigh: boolean): void {
    for (const reading of this.#reading) {
      if (isHigh) reading.pauseFor('feed')
      else reading.resumeFrom('feed')
    }
  }

  async #open(door: Door): Promise<number> {
    this.#doors.push(door)
    return door.listen()
  }

  #act(action: ActionEvent['action']): void {
    this.#feeder.event({ kind: 'action', atUs: this.#clock.nowUs(), action })
  }

  #reject(where: string, why: string): void {
    this.#rejections.add(where, why, this.#clock.nowUs())
  }

  #key(from: number, to: number): number {
    return from * this.#endpoints.length + to
  }

  #link(from: number, to: number): Link {
    const link = this.#links.get(this.#key(from, to))
    if (!link) throw new Error(`no link from endpoint ${from} to endpoint ${to}`)
    return link
  }

  #name(endpoint: number): string {
    return this.#endpoints[endpoint] ?? `endpoint ${endpoint}`
  }
}
