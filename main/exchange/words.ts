/** What the thread of an export or an import is given, and what it says. */
import type { LabFailure } from '../contract/errors.ts'
import type { ExchangeProgress } from '../contract/exchange.ts'
import type { EndedStatus } from './format.ts'

export type ExchangeWork = { /** Not 0: it shall end. */ readonly stop: Int32Array } & (
  | { readonly do: 'export'; readonly from: string; readonly to: string; readonly status: EndedStatus; readonly as: string }
  | {
      readonly do: 'import'
      readonly from: string
      readonly to: string
      readonly name: string /** What messages call it. */
      readonly shown?: string
      readonly as?: string | undefined
    }
)

export type FromExchange = { readonly progress: ExchangeProgress } | { readonly done: true } | { readonly failure: LabFailure }
