/** One browser's WebSocket: commands in, answers and changes out. Nothing that arrives can end more than its own connection. */
import type { RawData, WebSocket } from 'ws'
import { type FromLab, readCall } from '../../contract/client.ts'
import { LabError } from '../../contract/errors.ts'
import { pack } from '../../contract/packet.ts'
import type { Lab } from '../../lab.ts'

/** More than this waiting to be sent means that the browser is behind: changes are then merged, not queued. */
const BEHIND_BYTES = 1024 * 1024
const CALLS_MAX = 200

export function serveSocket(socket: WebSocket, lab: Lab): void {
  const send = (message: FromLab) => {
    if (socket.readyState === socket.OPEN) socket.send(pack(message))
  }
  const connection = lab.connect({
    change: (change) => send({ change }),
    ready: () => socket.bufferedAmount < BEHIND_BYTES,
  })
  let open = 0

  const answer = async (data: RawData, binary: boolean) => {
    const call = readText(data, binary)
    if ('problem' in call) return send(failure(call.id, new LabError('bad-request', call.problem)))
    if (open >= CALLS_MAX) return send(failure(call.id, new LabError('bad-request', `More than ${CALLS_MAX} calls wait for an answer.`)))
    open++
    try {
      const response = await connection.dispatch(call.command, call.request ?? {})
      send({ id: call.id, ok: true, response: response ?? null })
    } catch (error) {
      send(failure(call.id, error))
    } finally {
      open--
    }
  }

  socket.on('message', (data, binary) => void answer(data, binary))
  socket.on('error', () => undefined) // 'close' follows; a message that is too large ends here with code 1009
  socket.on('close', () => connection.close())
}

function readText(data: RawData, binary: boolean): ReturnType<typeof readCall> {
  if (binary) return { id: -1, problem: 'A message must be JSON text, this one is binary.' }
  try {
    return readCall(JSON.parse(String(data)))
  } catch (error) {
    return { id: -1, problem: `A message must be JSON: ${(error as Error).message}` }
  }
}

function failure(id: number, error: unknown): FromLab {
  const known = error instanceof LabError ? error : new LabError('internal', String((error as Error)?.message ?? error))
  return { id, ok: false, failure: known.toFailure() }
}
