/** The list of replicated services; the only file that names them all. */
import type { AnyService } from '../core/service.ts'
import { decree } from './decree.ts'
import { kv } from './kv.ts'
import { lock } from './lock/index.ts'
import { store } from './store.ts'

export const services: readonly AnyService[] = [kv, lock, decree, store]

export function findService(name: string): AnyService | undefined {
  return services.find((service) => service.name === name)
}
