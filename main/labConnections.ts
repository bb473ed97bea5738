/** Who listens: one connection for each window, socket or command line, with the runs that it watches. */
import type { RunId } from '../protocols/core/ids.ts'
import type { MomentData } from '../protocols/core/moment.ts'
import type { Command, Request, Response } from './contract/commands.ts'
import type { Change } from './contract/stream.ts'
import type { ChangeListener, LabConnection } from './labApi.ts'
import { ChangeQueue } from './labChanges.ts'

export class Connections {
  readonly #open = new Set<Connection>()

  open(
    listener: ChangeListener,
    dispatch: (command: string, request: unknown, from: Connection) => Promise<unknown>,
    momentOf: (run: RunId, seq: number) => Promise<MomentData>,
  ): Connection {
    const connection = new Connection(listener, dispatch, momentOf, () => this.#open.delete(connection))
    this.#open.add(connection)
    return connection
  }

  /** To all; what belongs to one run's recording only to those who watch it. */
  publish(change: Change): void {
    for (const connection of this.#open) {
      if ('run' in change && change.kind !== 'trouble' && !connection.watches(change.run)) continue
      connection.push(change)
    }
  }

  watched(run: RunId): boolean {
    return [...this.#open].some((connection) => connection.watches(run))
  }

  close(): void {
    for (const connection of [...this.#open]) connection.close()
  }
}

export class Connection implements LabConnection {
  readonly #queue: ChangeQueue
  readonly #dispatch: (command: string, request: unknown, from: Connection) => Promise<unknown>
  readonly #onClose: () => void
  readonly #watched = new Set<RunId>()
  readonly #listeners = new Set<(change: Change) => void>()

  constructor(
    listener: ChangeListener,
    dispatch: (command: string, request: unknown, from: Connection) => Promise<unknown>,
    momentOf: (run: RunId, seq: number) => Promise<MomentData>,
    onClose: () => void,
  ) {
    const tell = (change: Change) => {
      listener.change(change)
      for (const also of this.#listeners) also(change)
    }
    this.#queue = new ChangeQueue({ change: tell, ready: () => listener.ready?.() ?? true }, momentOf)
    this.#dispatch = dispatch
    this.#onClose = onClose
  }

  dispatch(command: string, request: unknown): Promise<unknown> {
    return this.#dispatch(command, request, this)
  }

  async call<C extends Command>(command: C, request: Request<C>): Promise<Response<C>> {
    return (await this.#dispatch(command, request, this)) as Response<C>
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  watch(run: RunId, on: boolean): void {
    if (on) this.#watched.add(run)
    else {
      this.#watched.delete(run)
      this.#queue.forget(run)
    }
  }

  watches(run: RunId): boolean {
    return this.#watched.has(run)
  }

  push(change: Change): void {
    this.#queue.push(change)
  }

  close(): void {
    this.#queue.close()
    this.#watched.clear()
    this.#onClose()
  }
}
