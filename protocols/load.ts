/** One protocol alone, for a process that runs no other: all of them would weigh as much as the rest of its program. */
import type { AnyProtocol } from './core/machine.ts'
import { withLies } from './lies/liar.ts'

/** As in the registry, but for the scenarios of services, which no node needs. Undefined where its folder has none of its name; rejects where there is no such folder. */
export async function loadProtocol(name: string): Promise<AnyProtocol | undefined> {
  const found: { readonly [exported: string]: unknown } = await import(`./${name}/index.ts`)
  const protocol = Object.values(found).find((value) => (value as { readonly name?: unknown } | undefined)?.name === name)
  return protocol === undefined ? undefined : withLies(protocol as AnyProtocol)
}
