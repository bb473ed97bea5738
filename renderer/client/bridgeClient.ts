/** The lab through the desktop host's preload bridge. Errors do not cross that border as classes, so they come as data. */
import type { Command, Request, Response } from '../../main/contract/commands.ts'
import { LabError, type LabFailure } from '../../main/contract/errors.ts'
import type { Change } from '../../main/contract/stream.ts'
import type { ScreenClient } from './screenClient.ts'

/** What the preload script exposes as `window.synod`. */
export interface Bridge {
  /** Resolves with the response, or with the failure as data; may also reject with an error that carries one. */
  call(command: string, request: unknown): Promise<unknown>
  onChange(listener: (change: Change) => void): (() => void) | undefined
  choosePath?(purpose: 'open' | 'save', suggestion: string): Promise<string | undefined>
  /** Commands of the application menu, by the id they have in the command palette. */
  onMenu?(listener: (command: string) => void): (() => void) | undefined
}

declare global {
  interface Window {
    readonly synod?: Bridge
  }
}

export function bridgeClient(bridge: Bridge): ScreenClient {
  const { choosePath } = bridge
  return {
    async call<C extends Command>(command: C, request: Request<C>): Promise<Response<C>> {
      let answer: unknown
      try {
        answer = await bridge.call(command, request)
      } catch (error) {
        throw asLabError(error)
      }
      if (isEnvelope(answer)) {
        if (!answer.ok) throw asLabError(answer.failure)
        return answer.response as Response<C>
      }
      return answer as Response<C>
    },
    onChange: (listener) => bridge.onChange(listener) ?? (() => undefined),
    onConnection: (listener) => {
      listener('open')
      return () => undefined
    },
    ...(choosePath ? { choosePath: (purpose: 'open' | 'save', suggestion: string) => choosePath(purpose, suggestion) } : {}),
  }
}

type Envelope = { readonly ok: true; readonly response: unknown } | { readonly ok: false; readonly failure: LabFailure }

const isEnvelope = (answer: unknown): answer is Envelope =>
  typeof answer === 'object' &&
  answer !== null &&
  'ok' in answer &&
  typeof answer.ok === 'boolean' &&
  ('response' in answer || 'failure' in answer)

function asLabError(error: unknown): LabError {
  if (error instanceof LabError) return error
  const { code, message, hint } = (error ?? {}) as Partial<LabFailure>
  return new LabError(code ?? 'internal', message ?? String(error), hint)
}
