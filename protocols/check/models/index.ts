/** The list of models; the only file that names them all. */
import type { AnyModel } from '../model.ts'
import { decree } from './decree.ts'
import { kv } from './kv.ts'
import { lock } from './lock.ts'
import { mutex } from './mutex.ts'
import { queue } from './queue.ts'
import { casRegister, register } from './register.ts'
import { set } from './set.ts'
import { store } from './store.ts'

export const models: readonly AnyModel[] = [register, casRegister, kv, set, queue, mutex, lock, decree, store]

export function findModel(name: string): AnyModel | undefined {
  return models.find((model) => model.name === name)
}
