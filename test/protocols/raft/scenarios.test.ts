/** The scenarios that come with Raft are scenarios; that they pass on real processes is tested with the lab. */
import { expect, test } from 'vitest'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { raft } from '../../../protocols/raft/index.ts'

for (const { name, title, text } of raft.scenarios) {
  test(`${name}: ${title}`, () => {
    const scenario = parseScenario(text, name)
    expect(scenario.name).toBe(title)
    expect(scenario.run.protocol).toBe('raft')
    raft.options.parse(scenario.run.options)
    expect(scenario.steps.length).toBeGreaterThan(1)
  })
}

test('their names are unique', () => {
  expect(new Set(raft.scenarios.map(({ name }) => name)).size).toBe(raft.scenarios.length)
})
