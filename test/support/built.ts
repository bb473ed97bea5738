/** Tests of what is built need it built from the sources as they are; `npm test` sees to it. */
import path from 'node:path'
import { needsBuild } from '../../main/setup/stale.mjs'

export const dist = path.resolve(import.meta.dirname, '../../dist')

export function requireBuild(): void {
  if (needsBuild()) throw new Error('dist/ is missing or older than the sources: run "npm run build" first')
}
