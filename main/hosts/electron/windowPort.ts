/** One window's port at the engine: its calls are answered, and changes are sent no faster than the window takes them. Nothing that a page can say ends the engine. */
import type { MessagePortMain } from 'electron'
import { readCall } from '../../contract/client.ts'
import { LabError } from '../../contract/errors.ts'
import type { Change } from '../../contract/stream.ts'
import type { Lab } from '../../labApi.ts'
import type { ToWindow } from './words.ts'

/** Changes on their way to a window that it has not seen yet; beyond it the lab merges them. */
const UNSEEN_MAX = 4

export function serveWindow(lab: Lab, port: MessagePortMain): void {
  let unseen = 0
  const send = (word: ToWindow): void => port.postMessage(word)
  const connection = lab.connect({
    change(change: Change) {
      unseen++
      send({ change })
    },
    ready: () => unseen < UNSEEN_MAX,
  })
  port.on('message', ({ data }: { readonly data: unknown }) => {
    if (isSeen(data)) {
      unseen = Math.max(0, unseen - 1)
      return
    }
    const call = readCall(data)
    if ('problem' in call) void answer(call.id, Promise.reject(new LabError('bad-request', call.problem)))
    else void answer(call.id, connection.dispatch(call.command, call.request ?? {}))
  })
  port.on('close', () => connection.close())
  port.start()

  async function answer(id: number, outcome: Promise<unknown>): Promise<void> {
    try {
      send({ id, ok: true, response: await outcome })
    } catch (error) {
      const known = error instanceof LabError ? error : new LabError('internal', String((error as Error)?.message ?? error))
      send({ id, ok: false, failure: known.toFailure() })
    }
  }
}

const isSeen = (data: unknown): boolean => typeof data === 'object' && data !== null && 'seen' in data && data.seen === true
