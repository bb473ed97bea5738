/** Opens an address in the person's own browser, where there is one. */
import { spawn } from 'node:child_process'

/** True when something was asked to open it; whether a window came up nobody can tell. */
export function openInBrowser(
  url: string,
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): boolean {
  const opener = openerFor(url, environment, platform)
  if (!opener) return false
  const child = spawn(opener[0], opener[1], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined) // no such program: the address was printed
  child.unref()
  return true
}

function openerFor(url: string, environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): [string, string[]] | undefined {
  if (platform === 'darwin') return ['open', [url]]
  if (platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', url]]
  const hasScreen = Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY)
  return hasScreen ? ['xdg-open', [url]] : undefined
}
