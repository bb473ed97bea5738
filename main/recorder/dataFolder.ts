/** Where the lab keeps what it writes. */
import { homedir } from 'node:os'
import path from 'node:path'

/** $SYNOD_HOME, or the platform's place for application data. */
export function defaultDataFolder(environment: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  const { SYNOD_HOME, XDG_DATA_HOME, APPDATA } = environment
  if (SYNOD_HOME) return path.resolve(SYNOD_HOME)
  if (platform === 'darwin') return path.join(homedir(), 'Library', 'Application Support', 'Synod')
  if (platform === 'win32') return path.join(APPDATA ?? path.join(homedir(), 'AppData', 'Roaming'), 'Synod')
  // The specification says to ignore a relative path.
  const data = XDG_DATA_HOME && path.isAbsolute(XDG_DATA_HOME) ? XDG_DATA_HOME : path.join(homedir(), '.local', 'share')
  return path.join(data, 'synod')
}
