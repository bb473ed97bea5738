/** What options ask of a cluster: sizes of quorums that follow from each other, and settings that are refused with the reason. */
import { expect, test } from 'vitest'
import { choose } from '../../../main/labChoice.ts'
import { runConfigSchema } from '../../../protocols/core/config.ts'
import { nodeIds } from '../../../protocols/core/ids.ts'
import { optionsSchema } from '../../../protocols/paxos/options.ts'
import { quorumsMeet, refuse, rolesOf } from '../../../protocols/paxos/roles.ts'

const roles = (nodes: number, options: object) => rolesOf(optionsSchema.parse(options), nodeIds(nodes))

test.each([
  { nodes: 3, options: {}, q1: 2, q2: 2 },
  { nodes: 4, options: {}, q1: 3, q2: 3 },
  { nodes: 5, options: { q2: 2 }, q1: 4, q2: 2 },
  { nodes: 5, options: { q1: 1 }, q1: 1, q2: 5 },
  { nodes: 6, options: { acceptors: 'n2 n4, n6' }, q1: 2, q2: 2 },
])('$nodes nodes with $options: $q1 promises and $q2 votes', ({ nodes, options, q1, q2 }) => {
  const them = roles(nodes, options)
  expect(them).toMatchObject({ q1, q2 })
  expect(quorumsMeet(them)).toBe(true)
  expect(refuse(optionsSchema.parse(options), nodeIds(nodes))).toBeUndefined()
})

test('sizes that are not given always meet', () => {
  for (let nodes = 1; nodes <= 15; nodes++) {
    for (let size = 0; size <= nodes; size++) {
      for (const options of [{ q1: size }, { q2: size }])
        expect(quorumsMeet(roles(nodes, options)), `${nodes} ${JSON.stringify(options)}`).toBe(true)
    }
  }
})

test.each([
  { options: { q1: 2, q2: 2 }, nodes: 4, why: /q1 \+ q2 is 4, not more than the 4 acceptors.*allowUnsafeQuorums/ },
  { options: { q1: 6 }, nodes: 5, why: /q1 is 6: with 5 acceptors there is never a quorum/ },
  { options: { acceptors: 'n1 n9' }, nodes: 5, why: /acceptors: n9 is not a node of this cluster/ },
  { options: { learners: ' ' }, nodes: 5, why: /learners: nobody is named/ },
])('$options on $nodes nodes is refused before anything starts', ({ options, nodes, why }) => {
  const config = runConfigSchema.parse({ protocol: 'paxos', service: 'decree', nodes, options })
  expect(() => choose(config)).toThrow(why)
})

test('quorums that do not meet are there for whoever asks to see it break', () => {
  const config = runConfigSchema.parse({
    protocol: 'paxos',
    service: 'decree',
    nodes: 4,
    options: { q1: 2, q2: 2, allowUnsafeQuorums: true },
  })
  expect(choose(config).config.options).toMatchObject({ q1: 2, q2: 2 })
})

test('a service that it does not carry is refused with those that it does', () => {
  expect(() => choose(runConfigSchema.parse({ protocol: 'paxos', service: 'kv' }))).toThrow(/does not carry kv/)
})
