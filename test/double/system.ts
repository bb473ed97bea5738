/** The parts of Electron that ask something of the system: recorded, and answered as the test says. */
import { app } from './app.ts'
import { act, record } from './control.ts'

type Handler = (request: Request) => Response | Promise<Response>

const privileged = new Set<string>()
const handlers = new Map<string, Handler>()

export const protocol = {
  registerSchemesAsPrivileged(schemes: readonly { scheme: string; privileges?: Record<string, boolean> }[]): void {
    app.mustBeEarly('protocol.registerSchemesAsPrivileged')
    for (const { scheme, privileges } of schemes) {
      if (privileges?.bypassCSP) throw new Error(`the scheme ${scheme} would go round the content security policy`)
      if (privileges?.standard && privileges.secure) privileged.add(scheme)
    }
  },
  handle(scheme: string, handler: Handler): void {
    app.mustBeReady('protocol.handle')
    if (!privileged.has(scheme)) throw new Error(`${scheme}: was not registered as standard and secure`)
    handlers.set(scheme, handler)
  },
}
export const handlerOf = (scheme: string): Handler | undefined => handlers.get(scheme)

const openAnswers: (string[] | undefined)[] = []
const saveAnswers: (string | undefined)[] = []
act('answerOpen', (paths?: string[]) => void openAnswers.push(paths))
act('answerSave', (path?: string) => void saveAnswers.push(path))

export const dialog = {
  async showOpenDialog(_window: unknown, options: unknown): Promise<{ canceled: boolean; filePaths: string[] }> {
    record('open dialog', options)
    const paths = openAnswers.shift()
    return { canceled: !paths, filePaths: paths ?? [] }
  },
  async showSaveDialog(_window: unknown, options: unknown): Promise<{ canceled: boolean; filePath: string }> {
    record('save dialog', options)
    const path = saveAnswers.shift()
    return { canceled: path === undefined, filePath: path ?? '' }
  },
  async showMessageBox(...args: unknown[]): Promise<{ response: number }> {
    record('message box', args.at(-1))
    return { response: 0 }
  },
}

export const shell = {
  async openExternal(url: string): Promise<void> {
    record('open external', url)
  },
}

interface Item {
  readonly label?: string
  readonly role?: string
  readonly type?: string
  readonly click?: () => void
  readonly submenu?: readonly Item[]
}
const roles = new Set(
  'appMenu editMenu viewMenu windowMenu help close quit reload toggleDevTools resetZoom zoomIn zoomOut togglefullscreen minimize'.split(
    ' ',
  ),
)
let menu: readonly Item[] = []

export const Menu = {
  buildFromTemplate(template: readonly Item[]): { readonly items: readonly Item[] } {
    for (const item of template) {
      if (item.role && !roles.has(item.role)) throw new Error(`no such role: ${item.role}`)
      if (!item.role && !item.label && item.type !== 'separator') throw new Error('a menu item has no label')
      if (item.submenu) Menu.buildFromTemplate(item.submenu)
    }
    return { items: template }
  },
  setApplicationMenu(built: { readonly items: readonly Item[] }): void {
    menu = built.items
  },
}
act('chooseFromMenu', (...labels: string[]) => {
  let items = menu
  for (const label of labels) {
    const found = items.find((item) => item.label?.replace('&', '') === label || item.role === label)
    if (!found) throw new Error(`the menu has no ${labels.join(' > ')}`)
    items = found.submenu ?? []
    if (label === labels.at(-1)) found.click?.()
  }
})

type Decide = (contents: { getURL(): string }, permission: string, done: (granted: boolean) => void) => void
type Check = (contents: unknown, permission: string, origin: string) => boolean
const granted: { request?: Decide; check?: Check; device?: () => boolean } = {}

export const session = {
  defaultSession: {
    setPermissionRequestHandler(handler: Decide): void {
      granted.request = handler
    },
    setPermissionCheckHandler(handler: Check): void {
      granted.check = handler
    },
    setDevicePermissionHandler(handler: () => boolean): void {
      granted.device = handler
    },
  },
}
/** What Electron would grant: everything, unless a handler says otherwise. */
act('isGranted', async (permission: string, url: string) => ({
  request: await new Promise((resolve) => (granted.request ? granted.request({ getURL: () => url }, permission, resolve) : resolve(true))),
  check: granted.check?.(null, permission, url) ?? true,
  device: granted.device?.() ?? true,
}))

export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] }
export const nativeTheme = { shouldUseDarkColors: false }
