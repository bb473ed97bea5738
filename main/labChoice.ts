/** What of a run's configuration the schema cannot know: whether such a protocol exists, carries the service, and takes these options. */
import { membersOf, type RunConfig } from '../protocols/core/config.ts'
import { nodeIds } from '../protocols/core/ids.ts'
import type { AnyProtocol } from '../protocols/core/machine.ts'
import type { AnyService } from '../protocols/core/service.ts'
import { findProtocol, protocols } from '../protocols/registry.ts'
import { findService, services } from '../protocols/services/index.ts'
import { LabError } from './contract/errors.ts'
import { badRequest } from './labBorder.ts'

export interface Choice {
  readonly protocol: AnyProtocol
  readonly service: AnyService
  /** With the protocol's options filled in. */
  readonly config: RunConfig
}

/** Throws a LabError that names the path of what cannot be. */
export function choose(config: RunConfig): Choice {
  const protocol = findProtocol(config.protocol)
  if (!protocol) throw unknownName('protocol', config.protocol, protocols)
  const service = findService(config.service)
  if (!service) throw unknownName('service', config.service, services)
  if (!protocol.services.includes('*') && !protocol.services.includes(service.name)) {
    const carried = protocol.services.join(', ')
    throw new LabError('bad-request', `config.service: ${protocol.title} does not carry ${service.name}.`, `It carries ${carried}.`)
  }
  const { min, max } = protocol.clusterSize
  if (config.nodes < min || config.nodes > max) {
    throw new LabError('bad-request', `config.nodes: ${protocol.title} runs on ${min} to ${max} nodes, not on ${config.nodes}.`)
  }
  checkSpares(config, protocol)
  const options = protocol.options.safeParse(config.options)
  if (!options.success) {
    const issues = options.error.issues.map((issue) => ({ ...issue, path: ['config', 'options', ...issue.path] }))
    throw badRequest('runs.start', issues, `Options of ${protocol.title} are ${protocol.optionSpecs.map(({ name }) => name).join(', ')}.`)
  }
  const refusal = protocol.refuse?.(options.data, nodeIds(config.nodes), membersOf(config))
  if (refusal !== undefined) throw new LabError('bad-request', `config.options: ${refusal}`)
  return { protocol, service, config: { ...config, options: options.data as RunConfig['options'] } }
}

/** Seats can be empty where nodes can come later, and enough must be there to begin. */
function checkSpares({ nodes, spares }: RunConfig, { title, membership, clusterSize }: AnyProtocol): void {
  if (spares === 0) return
  if (!membership) {
    const able = protocols.filter((protocol) => protocol.membership).map((protocol) => protocol.title)
    throw new LabError(
      'bad-request',
      `config.spares: ${title} has no way to change who is a member, so all its nodes are there from the beginning.`,
      able.length === 0 ? undefined : `Nodes can be added and removed in: ${able.join(', ')}.`,
    )
  }
  if (spares >= nodes)
    throw new LabError(
      'bad-request',
      `config.spares: ${spares} of ${nodes} seats cannot be empty: somebody must be there when the run begins.`,
    )
  if (nodes - spares < clusterSize.min)
    throw new LabError('bad-request', `config.spares: ${title} begins with ${clusterSize.min} nodes or more, not with ${nodes - spares}.`)
}

function unknownName(kind: string, name: string, known: readonly { readonly name: string }[]): LabError {
  const names = known.map((one) => one.name).join(', ')
  return new LabError('bad-request', `config.${kind}: there is no ${kind} called "${name}".`, `Known are ${names}.`)
}
