/** The launcher's channel as seen from inside a process: Node's own under a plain fork, a port under Electron. */
import type { FromProcess, ToProcess } from '../contract/process.ts'

export interface Parent {
  /** Resolves when the message is on its way, or when nobody is there to hear it. */
  send(message: FromProcess): Promise<void>
  onMessage(listener: (message: ToProcess) => void): void
  /** The engine is gone. */
  onGone(listener: () => void): void
}

/** The little of Electron's `process.parentPort` that is used here. */
interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void
}

/** Undefined when nobody started this process who would listen to it. */
export function parentChannel(): Parent | undefined {
  const port = (process as unknown as { parentPort?: ParentPort }).parentPort
  if (port) {
    return {
      send: async (message) => port.postMessage(message),
      onMessage: (listener) => port.on('message', ({ data }) => listener(data as ToProcess)),
      onGone: () => {}, // Electron ends its utility processes itself, and the tap closes besides
    }
  }
  if (!process.send) return undefined
  return {
    send: (message) =>
      new Promise((resolve) => {
        if (!process.connected) return resolve()
        process.send?.(message, undefined, undefined, () => resolve())
      }),
    onMessage: (listener) => void process.on('message', (message) => listener(message as ToProcess)),
    onGone: (listener) => void process.on('disconnect', listener),
  }
}
