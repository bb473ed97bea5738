/** What a window may not do, after Electron's own security checklist: no permissions, no other pages, no new windows, no web views, and no word from any frame but ours. */
import { type Session, shell, type WebContents, type WebFrameMain } from 'electron'
import { START } from './protocol.ts'

/** Where a link may lead in the person's own browser: where the literature is. */
const readingPlaces = new Set(['raft.github.io', 'doi.org', 'dl.acm.org', 'arxiv.org'])

/** Writing to the clipboard on a click is the one thing that copy buttons need; all else is refused. */
const allowed = new Set(['clipboard-sanitized-write'])

export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, decide) => {
    decide(allowed.has(permission) && isOurs(contents.getURL()))
  })
  session.setPermissionCheckHandler((_contents, permission, origin) => allowed.has(permission) && isOurs(origin))
  session.setDevicePermissionHandler(() => false)
}

export function guardContents(contents: WebContents): void {
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.on('will-navigate', (event) => {
    if (!isOurs(event.url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isOurs(event.url)) event.preventDefault()
  })
  contents.setWindowOpenHandler(({ url }) => {
    if (isReadingPlace(url)) void shell.openExternal(url)
    return { action: 'deny' }
  })
}

/** Messages count only from our own page in a window's main frame. A frame that is gone is null. */
export const isTrusted = (frame: WebFrameMain | null): boolean => frame !== null && frame.parent === null && isOurs(frame.url)

const isOurs = (url: string): boolean => url === START.slice(0, -1) || url.startsWith(START)

function isReadingPlace(url: string): boolean {
  try {
    const { protocol, hostname } = new URL(url)
    return protocol === 'https:' && readingPlaces.has(hostname)
  } catch {
    return false
  }
}
