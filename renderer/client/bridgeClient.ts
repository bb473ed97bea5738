/** The lab through the desktop host's preload bridge. An error would lose its code on the way, so it comes as data and is made an error again here. */
import type { Bridge } from '../../main/contract/bridge.ts'
import type { Command, Request, Response } from '../../main/contract/commands.ts'
import { LabError, type LabFailure } from '../../main/contract/errors.ts'
import type { ScreenClient } from './screenClient.ts'

declare global {
  interface Window {
    readonly synod?: Bridge
  }
}

export function bridgeClient(bridge: Bridge): ScreenClient {
  return {
    async call<C extends Command>(command: C, request: Request<C>): Promise<Response<C>> {
      const answer = await bridge.call(command, request)
      if (!answer.ok) throw asLabError(answer.failure)
      return answer.response as Response<C>
    },
    onChange: (listener) => bridge.onChange(listener),
    onConnection: (listener) => bridge.onConnection(listener),
    files: {
      choosePath: (purpose, suggestion) => bridge.choosePath(purpose, suggestion),
      pathOf: (file) => bridge.pathOf(file),
    },
  }
}

const asLabError = ({ code, message, hint }: LabFailure): LabError => new LabError(code, message, hint)
