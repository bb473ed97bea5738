/** What a protocol says of what can be asked of its runs by paths: fields of the bodies of its messages, and the facts that its nodes show. */
import type { AnyProtocol } from '../core/machine.ts'
import type { Named } from './complete.ts'

export function pathsOf(protocol: AnyProtocol): Named[] {
  const facts = protocol.facts.map(({ name, help }) => ({ name: `fact.${name}`, help }))
  const fields = new Map<string, string[]>()
  for (const [type, keys] of shapesOf(protocol.message)) for (const key of keys) fields.set(key, [...(fields.get(key) ?? []), type])
  fields.delete('kind')
  return [...[...fields].map(([name, types]) => ({ name, help: `In the body of ${types.join(', ')}.` })), ...facts]
}

/** A schema of several shapes, one a message, names them in its `kind`; of any other nothing is known. */
function shapesOf(schema: unknown): [type: string, keys: string[]][] {
  const { options } = (schema ?? {}) as { readonly options?: readonly { readonly shape?: { readonly [key: string]: unknown } }[] }
  return (options ?? []).flatMap(({ shape }): [string, string[]][] => {
    const type = (shape?.kind as { readonly value?: unknown } | undefined)?.value
    return shape && typeof type === 'string' ? [[type, Object.keys(shape)]] : []
  })
}
