/** The program of the clients' process. */
import { findService } from '../../protocols/services/index.ts'
import type { ClientsSettings } from '../contract/process.ts'
import { readSettings, runProcess } from '../node/endpoint.ts'
import { ExitCode, FatalError } from '../node/fatal.ts'
import { runClients } from './program.ts'

runProcess(async (parent) => {
  const settings = await readSettings<ClientsSettings>('clients', parent)
  const service = findService(settings.service)
  if (!service) throw new FatalError(ExitCode.settings, `There is no service called ${settings.service}.`)
  await runClients(settings, service, parent)
})
