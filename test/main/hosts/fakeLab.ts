/** A lab that answers what a test tells it to: hosts are judged without processes. */
import { LabError } from '../../../main/contract/errors.ts'
import type { Change } from '../../../main/contract/stream.ts'
import type { ChangeListener, Lab, LabConnection } from '../../../main/lab.ts'

export interface FakeLab extends Lab {
  readonly calls: { command: string; request: unknown }[]
  /** To every open connection, as the lab itself would. */
  publish(change: Change): void
  readonly listeners: Set<ChangeListener>
}

export function fakeLab(): FakeLab {
  const calls: FakeLab['calls'] = []
  const listeners = new Set<ChangeListener>()
  const dispatch = async (command: string, request: unknown): Promise<unknown> => {
    calls.push({ command, request })
    if (command === 'fail') throw new LabError('node-down', 'n1 is down.', 'Restart it.')
    if (command === 'break') throw new Error('a bug')
    return { echo: command }
  }
  return {
    calls,
    listeners,
    dataFolder: '/nowhere',
    dispatch,
    publish: (change) => {
      for (const listener of listeners) if (listener.ready?.() ?? true) listener.change(change)
    },
    connect(listener) {
      listeners.add(listener)
      const connection: LabConnection = {
        dispatch,
        call: async () => {
          throw new Error('not called by hosts')
        },
        onChange: () => () => undefined,
        close: () => void listeners.delete(listener),
      }
      return connection
    },
    startScenario: async () => {
      throw new Error('not called by the web host')
    },
    simulateScenario: async () => {
      throw new Error('not called by the web host')
    },
    fileOf: () => '/nowhere/run.synod',
    exported: async () => ({ file: '/nowhere/run.synod', status: 'ended' }),
    files: { handIn: () => ({ ticket: 't', file: '/nowhere/t' }), handOut: () => undefined, drop: () => undefined },
    openFile: async () => {
      throw new Error('not called by the web host')
    },
    close: async () => undefined,
  }
}
