/**
 * The lab over a WebSocket. Calls made before the connection stands are sent when it does; calls under way when it is
 * lost are rejected, since nobody can tell whether they were carried out. It connects again by itself, ever more slowly.
 */
import type { FromLab, ToLab } from '../../main/contract/client.ts'
import { LabError } from '../../main/contract/errors.ts'
import { unpack } from '../../main/contract/packet.ts'
import type { Change } from '../../main/contract/stream.ts'
import type { Connection, ScreenClient, ScreenFiles } from './screenClient.ts'

interface Pending {
  readonly text: string
  sent: boolean
  readonly resolve: (response: never) => void
  readonly reject: (error: LabError) => void
}

const RETRY_MS_MIN = 250
const RETRY_MS_MAX = 4000

export function webSocketClient(
  address: string,
  open: (address: string) => WebSocket = (url) => new WebSocket(url),
  files?: ScreenFiles,
): ScreenClient {
  const pending = new Map<number, Pending>()
  const changeListeners = new Set<(change: Change) => void>()
  const connectionListeners = new Set<(connection: Connection) => void>()
  let connection: Connection = 'connecting'
  let socket: WebSocket
  let retryMs = RETRY_MS_MIN
  let lastId = 0

  function connect(): void {
    socket = open(address)
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => {
      retryMs = RETRY_MS_MIN
      for (const call of pending.values()) send(call)
      become('open')
    })
    socket.addEventListener('message', (event) => receive(unpack(event.data as string | ArrayBuffer) as FromLab))
    socket.addEventListener('close', () => {
      rejectSent()
      become('lost')
      setTimeout(connect, retryMs)
      retryMs = Math.min(RETRY_MS_MAX, retryMs * 2)
    })
  }

  function become(next: Connection): void {
    if (next === connection) return
    connection = next
    for (const listener of connectionListeners) listener(next)
  }

  function receive(message: FromLab): void {
    if ('change' in message) {
      for (const listener of changeListeners) listener(message.change)
      return
    }
    const call = pending.get(message.id)
    if (!call) return
    pending.delete(message.id)
    if (message.ok) call.resolve(message.response as never)
    else call.reject(new LabError(message.failure.code, message.failure.message, message.failure.hint))
  }

  function send(call: Pending): void {
    call.sent = true
    socket.send(call.text)
  }

  function rejectSent(): void {
    for (const [id, call] of pending) {
      if (!call.sent) continue
      pending.delete(id)
      call.reject(
        new LabError(
          'internal',
          'The connection to the lab was lost before it answered.',
          'See whether the lab still runs; the window connects again by itself.',
        ),
      )
    }
  }

  connect()
  return {
    ...(files ? { files } : {}),
    call: (command, request) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        const message: ToLab = { id, command, request }
        const call: Pending = { text: JSON.stringify(message), sent: false, resolve, reject }
        pending.set(id, call)
        if (socket.readyState === WebSocket.OPEN) send(call)
      }),
    onChange: (listener) => {
      changeListeners.add(listener)
      return () => changeListeners.delete(listener)
    },
    onConnection: (listener) => {
      connectionListeners.add(listener)
      listener(connection)
      return () => connectionListeners.delete(listener)
    },
  }
}

/** Where the page that was loaded from `page` finds its lab: `/api` beside it, with the page's own token. */
export function apiAddress(page: string): string {
  const url = new URL('api', page)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.hash = ''
  const token = new URL(page).searchParams.get('token')
  url.search = token === null ? '' : `?token=${encodeURIComponent(token)}`
  return url.href
}
