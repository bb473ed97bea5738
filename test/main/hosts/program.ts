/** The command line's program: the built one when it was built from these sources (it starts several times as fast), else the source itself. */
import path from 'node:path'
import { needsBuild } from '../../../main/setup/stale.mjs'
import { dist } from '../../support/built.ts'

export const cliProgram = (): string =>
  needsBuild() ? path.resolve(import.meta.dirname, '../../../main/hosts/cli/main.ts') : path.join(dist, 'main/cli.js')
