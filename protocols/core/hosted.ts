/** A service's state in the state of a protocol that carries it: as the service keeps it, or as JSON until the first step after a decoding needs it. */
import type { Json } from './json.ts'
import type { Glimpse } from './machine.ts'
import type { AnyService } from './service.ts'

export type Hosted = HostedState | { readonly json: Json }

export interface HostedState {
  readonly service: AnyService
  readonly state: unknown
}

export const encodeHosted = (hosted: Hosted): Json => ('service' in hosted ? hosted.service.encode(hosted.state) : hosted.json)

/** What is wanted of it, as the field `field`. It is counted, where it can be, before it is encoded; and of a whole that is to be compared, only what differs is. */
export function glimpseHosted(field: string, hosted: Hosted, part: Glimpse['part'], unlike?: Hosted): Json {
  const size = 'service' in hosted ? hosted.service.size?.(hosted.state) : Object.keys(hosted.json ?? {}).length
  if (size === undefined) return encodeHosted(hosted)
  const [from, to] = part(field, size, 'table')
  if (from === 0 && to === size) return encodeUnlike(hosted, unlike)
  return from >= to ? {} : itemsOf(encodeHosted(hosted), from, to)
}

/** The wanted items of a service's state that is there as JSON, as the field `field`: undefined where all of it is. */
export function glimpseJson(field: string, json: Json, part: Glimpse['part']): Json | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  const size = Object.keys(json).length
  const [from, to] = part(field, size, 'table')
  return from === 0 && to === size ? undefined : itemsOf(json, from, to)
}

function encodeUnlike(hosted: Hosted, unlike: Hosted | undefined): Json {
  if (!unlike || !('service' in hosted) || !('service' in unlike) || !hosted.service.unlike) return encodeHosted(hosted)
  return hosted.service.encode(hosted.service.unlike(hosted.state, unlike.state))
}

const itemsOf = (json: Json, from: number, to: number): Json => Object.fromEntries(Object.entries(json as object).slice(from, to))
