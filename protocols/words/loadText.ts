/** A background load as a sentence. */
import type { Load } from '../core/config.ts'
import { counted } from '../core/wording.ts'

/** "Load: 4 clients, 20 operations/s", "Load off". */
export function loadText(load: Load | null): string {
  if (load === null) return 'Load off'
  const clients = counted(load.clients, 'client')
  return `Load: ${clients}, ${load.rate === 0 ? 'as fast as replies come' : `${load.rate} operations/s`}`
}
