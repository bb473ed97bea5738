/** Loaded before a utility process's own program: gives it `process.parentPort`, as Electron does. */
import { EventEmitter } from 'node:events'
import type { FromChild, ToChild } from './utility.ts'

const send = (word: FromChild): void => void process.send?.(word)

class ChildPort extends EventEmitter {
  private readonly id: number

  constructor(id: number) {
    super()
    this.id = id
  }

  start(): void {
    for (const data of waiting.get(this.id) ?? []) this.emit('message', { data, ports: [] })
    waiting.delete(this.id)
  }

  postMessage(data: unknown): void {
    send({ port: this.id, data: structuredClone(data) })
  }

  close(): void {
    send({ port: this.id, closed: true })
  }
}

const ports = new Map<number, ChildPort>()
/** Messages of ports that are not started yet. */
const waiting = new Map<number, unknown[]>()

class ParentPort extends EventEmitter {
  private readonly early: unknown[] = []

  override on(event: string, listener: (...args: never[]) => void): this {
    super.on(event, listener as (...args: unknown[]) => void)
    if (event === 'message') for (const word of this.early.splice(0)) this.emit('message', word)
    return this
  }

  receive(word: unknown): void {
    if (this.listenerCount('message') > 0) this.emit('message', word)
    else this.early.push(word)
  }

  postMessage(data: unknown): void {
    send({ data: structuredClone(data) })
  }
}

const parentPort = new ParentPort()
Object.defineProperty(process, 'parentPort', { value: parentPort })
process.on('disconnect', () => process.exit()) // utility processes do not outlive their parent

process.on('message', (word: ToChild) => {
  if ('ports' in word) {
    const given = word.ports.map((id) => {
      const port = new ChildPort(id)
      ports.set(id, port)
      waiting.set(id, [])
      return port
    })
    parentPort.receive({ data: word.data, ports: given })
  } else if ('closed' in word) ports.get(word.port)?.emit('close')
  else {
    const queue = waiting.get(word.port)
    if (queue) queue.push(word.data)
    else ports.get(word.port)?.emit('message', { data: word.data, ports: [] })
  }
})
