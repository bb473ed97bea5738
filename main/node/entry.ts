/** The program of a node's process. */
import '../signing/index.ts'
import { loadProtocol } from '../../protocols/load.ts'
import { findService } from '../../protocols/services/index.ts'
import type { NodeSettings } from '../contract/process.ts'
import type { Driver } from './driver.ts'
import { readSettings, runProcess } from './endpoint.ts'
import { ExitCode, FatalError } from './fatal.ts'
import { runNode } from './program.ts'

let driver: Pick<Driver, 'lastWords'> | undefined

runProcess(
  async (parent) => {
    const settings = await readSettings<NodeSettings>('node', parent)
    const definition = await loadProtocol(settings.protocol)
    const service = findService(settings.service)
    if (!definition) throw new FatalError(ExitCode.settings, `There is no protocol called ${settings.protocol}.`)
    if (!service) throw new FatalError(ExitCode.settings, `There is no service called ${settings.service}.`)
    driver = await runNode(settings, definition, service, parent)
  },
  (error) => driver?.lastWords(error.message),
)
