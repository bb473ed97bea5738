/** How a codec gives the wanted part of a state: by a writer for each field, in the order in which they stand in the tree. */
import type { Json } from './json.ts'
import type { Glimpse } from './machine.ts'

export type FieldWriters<S> = { readonly [field: string]: (state: S, part: Glimpse['part'], unlike: S | undefined) => unknown }

/** All of every list and table. */
export const wholePart: Glimpse['part'] = (_, size) => [0, size]

/** `sources`: what of the state a field is made from, where that has another name than the field. */
export function glimpseBy<S extends object>(
  writers: FieldWriters<S>,
  sources: { readonly [field: string]: keyof S } = {},
): (state: S, wanted: Glimpse<S>) => Json {
  const fields = Object.entries(writers).map(([field, write]) => ({ field, write, source: sources[field] ?? (field as keyof S) }))
  return (state, { fields: wanted, part, unlike }) => {
    const json: { [field: string]: unknown } = {}
    for (const { field, write, source } of fields) {
      if (wanted && !wanted.has(field)) continue
      if (unlike && state[source] === unlike[source]) continue
      json[field] = write(state, part, unlike)
    }
    return json as Json
  }
}
