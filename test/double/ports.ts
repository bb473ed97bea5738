/** `MessageChannelMain` and its ports: Node's own, in Electron's clothes. */
import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'

export class MessagePortMain extends EventEmitter {
  readonly port: MessagePort
  private moved = false

  constructor(port: MessagePort) {
    super()
    this.port = port
    port.on('close', () => this.emit('close'))
  }

  start(): void {
    this.port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }))
  }

  postMessage(message: unknown, ports: readonly MessagePortMain[] = []): void {
    if (this.moved) throw new Error('the port was transferred')
    if (ports.length > 0) throw new Error('the double passes ports only over ipc')
    this.port.postMessage(message)
  }

  close(): void {
    this.port.close()
  }

  /** Hands the port over to another process, which `post` reaches; gives what to do with that process's messages. */
  transfer(post: (data: unknown) => void, closed: () => void): { receive(data: unknown): void; close(): void } {
    if (this.moved) throw new Error('the port was transferred before')
    this.moved = true
    this.port.on('message', post)
    this.port.on('close', closed)
    return { receive: (data) => this.port.postMessage(data), close: () => this.port.close() }
  }
}

export class MessageChannelMain {
  readonly port1: MessagePortMain
  readonly port2: MessagePortMain

  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port1 = new MessagePortMain(port1)
    this.port2 = new MessagePortMain(port2)
  }
}
