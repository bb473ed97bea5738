/** What the lab can do, as data for the screen: its protocols and services without their code. */

import packageFile from '../package.json' with { type: 'json' }
import type { Json } from '../protocols/core/json.ts'
import type { AnyProtocol } from '../protocols/core/machine.ts'
import { panelInfo } from '../protocols/core/panel.ts'
import { liesOf } from '../protocols/lies/liar.ts'
import { protocols } from '../protocols/registry.ts'
import { services } from '../protocols/services/index.ts'
import type { ProtocolInfo, ScenarioInfo, ServiceInfo } from './contract/commands.ts'
import { parseScenario } from './scenario/parse.ts'

export const VERSION: string = packageFile.version

export const protocolInfos = (): ProtocolInfo[] => protocols.map(protocolInfo)

export function serviceInfos(): ServiceInfo[] {
  return services.map(({ name, title, summary, grammar }) => ({
    name,
    title,
    summary,
    grammar: grammar.map(({ form, help }) => ({ form, help })),
  }))
}

function protocolInfo(protocol: AnyProtocol): ProtocolInfo {
  const defaults = protocol.options.parse({}) as { [name: string]: Json }
  return {
    name: protocol.name,
    title: protocol.title,
    summary: protocol.summary,
    source: protocol.source,
    version: protocol.version,
    epochName: protocol.epochName,
    clusterSize: { ...protocol.clusterSize },
    optionSpecs: protocol.optionSpecs.map((spec) => ({ ...spec, value: defaults[spec.name] ?? null })),
    messages: protocol.messages.map(({ kind, family, style, help }) => ({ kind, family, style, help })),
    facts: protocol.facts.map((fact) => ({ ...fact })),
    timers: protocol.timers.map((timer) => ({ ...timer })),
    ...(protocol.membership ? { membership: { told: protocol.membership.told } } : {}),
    lies: liesOf(protocol).map(({ name, label, help }) => ({ name, label, help })),
    controls: (protocol.controls ?? []).map(({ schema, ...words }) => words),
    ...(protocol.panel === undefined ? {} : { panel: panelInfo(protocol.panel) }),
    services: [...protocol.services],
    invariants: protocol.invariants.map(({ name, statement, source }) => ({ name, statement, source })),
    scenarios: protocol.scenarios.map(scenarioInfo),
  }
}

/** Reading them all would hold up the lab's first answer by a third of a second: only one with the word in it is read. */
function scenarioInfo(scenario: ScenarioInfo): ScenarioInfo {
  const { simulationOnly } = scenario.text.includes('simulationOnly:') ? parseScenario(scenario.text, scenario.name) : scenario
  return { ...scenario, ...(simulationOnly === undefined ? {} : { simulationOnly }) }
}
