/** The built renderer as files over HTTP: only what lies in its folder, with the types and headers a careful browser wants. */
import fs from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { pipeline } from 'node:stream'

const TYPES: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/** Inline styles are allowed because Cytoscape and the docking panels set them; scripts only ever come from the bundle. */
export function securityHeaders(port: number): { [name: string]: string } {
  const socket = `ws://127.0.0.1:${port} ws://localhost:${port}`
  return {
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data: blob:",
      "font-src 'self'",
      `connect-src 'self' ${socket}`,
      "worker-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
  }
}

/** The file that a request's path names, or undefined when it would lie outside `folder` or cannot be read as a path. */
export function fileAt(folder: string, urlPath: string): string | undefined {
  let decoded: string
  try {
    decoded = decodeURIComponent(urlPath)
  } catch {
    return undefined
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return undefined
  const file = path.resolve(folder, `.${decoded === '/' ? '/index.html' : decoded}`)
  return file.startsWith(path.resolve(folder) + path.sep) ? file : undefined
}

/** Answers with the file, or 404. Symbolic links that lead out of the folder are not followed. */
export async function sendFile(folder: string, urlPath: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const file = fileAt(folder, urlPath)
  if (file === undefined) return sendText(response, 404, 'There is nothing here.')
  let handle: fs.promises.FileHandle
  try {
    const real = await fs.promises.realpath(file)
    if (!real.startsWith((await fs.promises.realpath(folder)) + path.sep)) return sendText(response, 404, 'There is nothing here.')
    handle = await fs.promises.open(real, 'r')
  } catch {
    return sendText(response, 404, 'There is nothing here.')
  }
  const stat = await handle.stat()
  if (!stat.isFile()) {
    await handle.close()
    return sendText(response, 404, 'There is nothing here.')
  }
  const hashed = /[/\\]assets[/\\]/.test(file) // their names change with their contents
  response.writeHead(200, {
    'Content-Type': TYPES[path.extname(file).toLowerCase()] ?? 'application/octet-stream',
    'Content-Length': stat.size,
    'Cache-Control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  if (request.method === 'HEAD') {
    await handle.close()
    response.end()
    return
  }
  pipeline(handle.createReadStream(), response, () => undefined) // a browser that goes away ends it
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
  response.end(`${text}\n`)
}
