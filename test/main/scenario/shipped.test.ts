/** Every scenario that a protocol ships can be read, and is for that protocol. */
import { expect, test } from 'vitest'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { protocols } from '../../../protocols/registry.ts'

const shipped = protocols.flatMap((protocol) => protocol.scenarios.map((scenario) => ({ ...scenario, protocol: protocol.name })))

test('there are some', () => expect(shipped.length).toBeGreaterThan(3))

test.each(shipped)('$protocol/$name', ({ protocol, name, text }) => {
  const scenario = parseScenario(text, `${protocol}/${name}`)
  expect(scenario.run.protocol).toBe(protocol)
  expect(name).toMatch(/^[a-z0-9-]+$/)
})
