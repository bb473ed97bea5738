/**
 * The language of the event filter: `node:n3 type:AppendEntries text`. Words with a prefix say where or what, the rest is looked for in
 * the event's text. Reads to the contract's filter and writes it back, so that chips and typing are one thing.
 */
import type { EventFilter } from '../../../main/contract/commands.ts'
import { EVENT_KINDS } from '../../../protocols/core/event.ts'
import { CLIENTS, type EndpointId } from '../../../protocols/core/ids.ts'

export interface Query {
  readonly nodes: readonly EndpointId[]
  readonly types: readonly string[]
  readonly text: string
  /** What could not be understood: a node that is not in the run. */
  readonly wrong: readonly string[]
}

export interface Vocabulary {
  readonly nodes: readonly EndpointId[]
  /** Message types. */
  readonly types: readonly string[]
}

export const EMPTY: Query = { nodes: [], types: [], text: '', wrong: [] }

export function parseQuery(text: string, { nodes, types }: Vocabulary): Query {
  const ends: readonly EndpointId[] = [...nodes, CLIENTS]
  const names = [...types, ...EVENT_KINDS]
  const found: { nodes: EndpointId[]; types: string[]; words: string[]; wrong: string[] } = { nodes: [], types: [], words: [], wrong: [] }
  for (const word of text.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? []) {
    const split = /^(node|at|type|is):(.*)$/i.exec(word)
    if (!split) {
      found.words.push(word.replaceAll('"', ''))
      continue
    }
    const isNode = /^(node|at)$/i.test(split[1] ?? '')
    for (const part of (split[2] ?? '').split(',').filter((piece) => piece !== '')) {
      if (isNode) {
        const end = ends.find((id) => id.toLowerCase() === part.toLowerCase())
        if (end === undefined) found.wrong.push(`node:${part}`)
        else if (!found.nodes.includes(end)) found.nodes.push(end)
      } else {
        const known = names.find((name) => name.toLowerCase() === part.toLowerCase()) ?? part
        if (!found.types.includes(known)) found.types.push(known)
      }
    }
  }
  return { nodes: found.nodes, types: found.types, text: found.words.join(' '), wrong: found.wrong }
}

export function formatQuery({ nodes, types, text }: Pick<Query, 'nodes' | 'types' | 'text'>): string {
  const parts: string[] = []
  if (nodes.length > 0) parts.push(`node:${nodes.join(',')}`)
  if (types.length > 0) parts.push(`type:${types.join(',')}`)
  if (text !== '') parts.push(text)
  return parts.join(' ')
}

/** The filter for the lab; undefined when everything passes. */
export function filterOf({ nodes, types, text }: Query): EventFilter | undefined {
  if (nodes.length === 0 && types.length === 0 && text === '') return undefined
  return {
    ...(nodes.length > 0 ? { nodes: [...nodes] } : {}),
    ...(types.length > 0 ? { types: [...types] } : {}),
    ...(text !== '' ? { text: text.slice(0, 200) } : {}),
  }
}

export function toggled<T>(list: readonly T[], item: T): T[] {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item]
}
