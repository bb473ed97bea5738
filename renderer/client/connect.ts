/** Finds the lab that this window belongs to: the desktop's bridge where there is one, else the web host that served the page. */
import { bridgeClient } from './bridgeClient.ts'
import { handOver } from './handOver.ts'
import type { ScreenClient } from './screenClient.ts'
import { apiAddress, webSocketClient } from './webSocketClient.ts'

export async function connect(): Promise<ScreenClient> {
  // Development only: both conditions are constants of the build, so the fake lab is left out of what is shipped.
  if (import.meta.env.MODE === 'fake' || (import.meta.env.DEV && new URLSearchParams(location.search).has('fake'))) {
    const { fakeLab } = await import('./fake/fakeLab.ts')
    return fakeLab()
  }
  return window.synod ? bridgeClient(window.synod) : webSocketClient(apiAddress(location.href), undefined, handOver(location.href))
}
