/** The window's pages come from a scheme of our own, `app://bundle/`, never from file://: so they have an origin, a policy, and no way to any other file. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Protocol, protocol } from 'electron'

export const SCHEME = 'app'
export const HOST = 'bundle'
export const START = `${SCHEME}://${HOST}/`

/** Inline styles are allowed because components position things by style; scripts only from the bundle. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.map': 'application/json',
}

/** Before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** After the app is ready. `folder` holds the built renderer. */
export function serveBundle(folder: string, on: Pick<Protocol, 'handle'> = protocol): void {
  on.handle(SCHEME, (request) => answer(folder, request))
}

/** One file of the bundle, or 404. Nothing outside of `folder` can be named. */
export async function answer(folder: string, request: Request): Promise<Response> {
  const refused = (status: number) => new Response(null, { status, headers: headers('text/plain') })
  if (request.method !== 'GET') return refused(405)
  const file = fileOf(folder, request.url)
  if (!file) return refused(404)
  try {
    return new Response(new Uint8Array(await readFile(file)), { headers: headers(types[path.extname(file)] ?? 'application/octet-stream') })
  } catch {
    return refused(404)
  }
}

function fileOf(folder: string, url: string): string | undefined {
  let name: string
  try {
    const parsed = new URL(url)
    if (parsed.host !== HOST) return undefined
    name = decodeURIComponent(parsed.pathname)
  } catch {
    return undefined
  }
  if (name.includes('\0')) return undefined
  const file = path.resolve(folder, `.${name === '/' ? '/index.html' : name}`)
  return file.startsWith(folder + path.sep) ? file : undefined
}

const headers = (type: string) => ({
  'content-type': type,
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
})
