/** The program of the clients' process. */
import '../signing/index.ts'
import { findProtocol } from '../../protocols/registry.ts'
import { findService } from '../../protocols/services/index.ts'
import type { ClientsSettings } from '../contract/process.ts'
import { readSettings, runProcess } from '../node/endpoint.ts'
import { ExitCode, FatalError } from '../node/fatal.ts'
import { runClients } from './program.ts'

runProcess(async (parent) => {
  const settings = await readSettings<ClientsSettings>('clients', parent)
  const service = findService(settings.service)
  if (!service) throw new FatalError(ExitCode.settings, `There is no service called ${settings.service}.`)
  const protocol = findProtocol(settings.protocol)
  if (!protocol) throw new FatalError(ExitCode.settings, `There is no protocol called ${settings.protocol}.`)
  await runClients(settings, service, protocol, parent)
})
