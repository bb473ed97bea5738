/** The lab over HTTP on the loopback address: the built renderer as files, and its API as a WebSocket at /api. */
import http from 'node:http'
import path from 'node:path'
import { WebSocketServer } from 'ws'
import { LabError } from '../../contract/errors.ts'
import type { Lab } from '../../lab.ts'
import { securityHeaders, sendFile, sendText } from './files.ts'
import { answerFiles } from './handOver.ts'
import { serveSocket } from './socket.ts'
import { newToken, SOCKET_PROTOCOL, Trust } from './trust.ts'

export const USUAL_PORT = 4747
/** A scenario's text is the largest thing that anybody has to say. */
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024

export interface WebHostOptions {
  readonly lab: Lab
  /** 0: any free one. Absent: the usual one when it is free, else any. */
  readonly port?: number
  /** The built renderer; by default where the build puts it. */
  readonly rendererFolder?: string
  readonly token?: string
}

export interface WebHost {
  readonly port: number
  readonly token: string
  /** What a person opens: the address with the token in it. */
  readonly url: string
  close(): Promise<void>
}

/** Rejects with a LabError of code `port` when the port cannot be had. */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const folder = options.rendererFolder ?? builtRenderer()
  const server = http.createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: 30_000,
    requestTimeout: 0, // a large file takes its time, and who hands it in is known
  })
  const port = await listen(server, options.port)
  const trust = new Trust(options.token ?? newToken(), port)
  const headers = securityHeaders(port)

  server.on('request', (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    answer(folder, trust, options.lab, request, response).catch(() => response.destroy())
  })
  server.on('clientError', (_, socket) => socket.destroy())

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    handleProtocols: (offered) => (offered.has(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : false),
  })
  server.on('upgrade', (request, socket, head) => {
    const refusal = refuse(trust, request)
    if (refusal) {
      socket.on('error', () => undefined)
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (opened) => serveSocket(opened, options.lab))
  })

  return {
    port,
    token: trust.token,
    url: `http://127.0.0.1:${port}/?token=${trust.token}`,
    async close() {
      for (const socket of sockets.clients) socket.close(1001, 'the lab is closing')
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      for (const socket of sockets.clients) socket.terminate()
      await closed
    },
  }
}

async function answer(folder: string, trust: Trust, lab: Lab, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  if (!trust.hostIsOurs(request)) return sendText(response, 403, 'This host name does not belong to the lab.')
  const isFile = (request.url ?? '').startsWith('/files')
  if (isFile && trust.knowsToken(request) && trust.originIsOurs(request) && (await answerFiles(lab.files, request, response))) return
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendText(response, 405, 'Only GET is answered here.')
  // taken apart by hand: URL would tidy away the very ".." that we want to refuse
  const [urlPath = '/', query = ''] = (request.url ?? '/').split('?', 2)
  const token = new URLSearchParams(query).get('token')
  if (token !== null && trust.tokenFits(token)) {
    response.writeHead(303, { Location: urlPath, 'Set-Cookie': trust.cookie(), 'Cache-Control': 'no-store' })
    response.end()
    return
  }
  if (!trust.knowsToken(request)) {
    return sendText(response, 401, 'The lab asks for its token. Open the address that was printed where it was started.')
  }
  await sendFile(folder, urlPath, request, response)
}

function refuse(trust: Trust, request: http.IncomingMessage): string | undefined {
  if (!trust.hostIsOurs(request) || !trust.originIsOurs(request)) return '403 Forbidden'
  if (!trust.knowsToken(request)) return '401 Unauthorized'
  return (request.url ?? '').split('?', 1)[0] === '/api' ? undefined : '404 Not Found'
}

async function listen(server: http.Server, wanted: number | undefined): Promise<number> {
  try {
    return await listenOn(server, wanted ?? USUAL_PORT)
  } catch (error) {
    if (wanted === undefined) return await listenOn(server, 0)
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'EADDRINUSE' ? 'is in use' : code === 'EACCES' ? 'may not be used by you' : `cannot be opened (${message})`
    throw new LabError('port', `Port ${wanted} on 127.0.0.1 ${why}.`, 'Choose another port, or 0 for any that is free.')
  }
}

function listenOn(server: http.Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.off('error', reject)
      resolve((server.address() as { port: number }).port)
    })
  })
}

/** Beside the bundle that this is part of (dist/main), or under the project's root when run from source. */
function builtRenderer(): string {
  const here = import.meta.dirname
  return import.meta.filename.endsWith('.ts') ? path.resolve(here, '../../../dist/renderer') : path.resolve(here, '../renderer')
}
