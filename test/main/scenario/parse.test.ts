/** A scenario file with a mistake is told with the line and column of the mistake. */
import { expect, test } from 'vitest'
import { LabError } from '../../../main/contract/errors.ts'
import { parseScenario } from '../../../main/scenario/parse.ts'

function problems(text: string): string[] {
  try {
    parseScenario(text, 'x.yaml')
  } catch (error) {
    expect(error).toBeInstanceOf(LabError)
    expect((error as LabError).code).toBe('bad-scenario')
    expect((error as LabError).hint).toBeDefined()
    return (error as LabError).message.split('\n')
  }
  throw new Error('it was read without a complaint')
}

test('a whole scenario is read, with defaults filled in', () => {
  const scenario = parseScenario(`
name: everything
run: { nodes: 3, seed: 7 }
steps:
  - wait: leader
  - client: put x 1
  - client: get x
    expect: 1
  - load: { clients: 2, rate: 10 }
  - load: off
  - crash: leader
    as: old
    withinMs: 500
  - wait: { fact: term, is: ">=", value: 2 }
  - wait: { event: 'type:RequestVote' }
  - restart: old
  - partition: [[leader, n1], rest]
    as: split
  - arm: { kind: loss, probability: 0.1 }
  - arm: { kind: cut, target: { links: [[leader, follower]] }, rule: { types: [AppendEntries], skip: 1, count: 1 } }
    as: one
  - lift: one
  - lift: split
  - heal
  - heal:
  - timeScale: 5
  - say: done
  - ask: put x 2
    by: a
    of: n1
    atMs: 1200.5
  - clock: n1
    driftPpm: -5000
  - disk: leader
    syncMs: { min: 1, max: 20 }
  - disk: n2
    syncMs: usual
  - watch: { ms: 100 }
expect: { leader: true, operations: ok, applied: equal, running: 3 }
`)
  expect(scenario.run.protocol).toBe('raft')
  expect(scenario.limitMs).toBe(120_000)
  expect(scenario.steps).toHaveLength(23)
  expect(scenario.steps[18]?.step).toEqual({ do: 'ask', ask: 'put x 2', by: 'a', of: 'n1', atMs: 1200.5 })
  expect(scenario.steps[19]?.step).toEqual({ do: 'clock', clock: 'n1', skewMs: 0, driftPpm: -5000 })
  expect(scenario.steps[2]?.step).toMatchObject({ do: 'client', client: 'get x', expect: '1' })
  expect(scenario.steps[5]).toMatchObject({ line: 11, column: 5, text: 'crash leader as old', step: { do: 'crash', withinMs: 500 } })
  expect(scenario.steps.map(({ text }) => text)).toEqual(
    expect.arrayContaining(['client get x', 'clock n1, driftPpm -5000', 'ask put x 2, by a, of n1', 'heal']),
  )
  expect(scenario.steps[14]?.step).toEqual({ do: 'heal', heal: true })
})

const mistakes: { name: string; text: string; wanted: (string | RegExp)[] }[] = [
  {
    name: 'a client with a name of the load',
    text: 'name: a\nsteps:\n  - ask: put x 1\n    by: c1\n',
    wanted: [/^x\.yaml:4:9: steps\[0\]\.by: a client is a letter/],
  },
  {
    name: 'a node that nobody knows, to ask',
    text: 'name: a\nsteps:\n  - ask: put x 1\n    of: m1\n',
    wanted: [/^x\.yaml:4:9: steps\[0\]\.of: no earlier step gave the name "m1"/],
  },
  { name: 'a time that is none', text: 'name: a\nsteps:\n  - crash: n1\n    atMs: soon\n', wanted: [/^x\.yaml:4:11: steps\[0\]\.atMs: /] },
  {
    name: 'a sync without an end',
    text: 'name: a\nsteps:\n  - disk: n1\n    syncMs: { min: 1 }\n',
    wanted: [/^x\.yaml:4:13: steps\[0\]\.syncMs\.max: /],
  },
  {
    name: 'a clock set by an unknown key',
    text: 'name: a\nsteps:\n  - clock: n1\n    drift: 1\n',
    wanted: ['x.yaml:4:5: unknown key "drift"'],
  },
  { name: 'an unknown key at the top', text: 'name: a\nstepz: []\nsteps: [heal]\n', wanted: ['x.yaml:2:1: unknown key "stepz"'] },
  {
    name: 'an unknown key in the run',
    text: 'name: a\nrun:\n  nodes: 3\n  colour: red\nsteps: [heal]\n',
    wanted: ['x.yaml:4:3: unknown key "colour"'],
  },
  { name: 'a wrong value', text: 'name: a\nrun:\n  nodes: many\nsteps: [heal]\n', wanted: [/^x\.yaml:3:10: run\.nodes: expected number/] },
  { name: 'a misspelt step', text: 'name: a\nsteps:\n  - wait: leader\n  - crush: leader\n', wanted: [/^x\.yaml:4:5: "crush" is no step/] },
  {
    name: 'two things in one step',
    text: 'name: a\nsteps:\n  - crash: n1\n    restart: n1\n',
    wanted: [/^x\.yaml:4:5: a step does one thing/],
  },
  { name: 'an unknown key in a step', text: 'name: a\nsteps:\n  - crash: n1\n    after: 5\n', wanted: ['x.yaml:4:5: unknown key "after"'] },
  { name: 'an unknown thing to wait for', text: 'name: a\nsteps:\n  - wait: laeder\n', wanted: [/^x\.yaml:3:11: steps\[0\]\.wait: /] },
  {
    name: 'a wrong key in a fact',
    text: 'name: a\nsteps:\n  - wait: { fact: term, valeu: 2 }\n',
    wanted: [/^x\.yaml:3:11: .*value/, 'x.yaml:3:25: unknown key "valeu"'],
  },
  {
    name: 'a fault of an unknown kind',
    text: 'name: a\nsteps:\n  - arm: { kind: fire }\n',
    wanted: [/^x\.yaml:3:18: steps\[0\]\.arm\.kind: /],
  },
  {
    name: 'a wrong key in a fault',
    text: 'name: a\nsteps:\n  - arm: { kind: loss, probability: 0.5, often: 1 }\n',
    wanted: ['x.yaml:3:42: unknown key "often"'],
  },
  {
    name: 'a number out of bounds in a fault',
    text: 'name: a\nsteps:\n  - arm:\n      kind: loss\n      probability: 2\n',
    wanted: [/^x\.yaml:5:20: steps\[0\]\.arm\.probability: /],
  },
  {
    name: 'a name that nobody gave',
    text: 'name: a\nsteps:\n  - crash: leader\n    as: old\n  - restart: olld\n',
    wanted: [/^x\.yaml:5:14: .*no earlier step gave the name "olld"/],
  },
  {
    name: 'a fault that was not armed',
    text: 'name: a\nsteps:\n  - lift: split\n',
    wanted: [/^x\.yaml:3:11: .*no earlier step armed a fault with "as: split"/],
  },
  {
    name: 'a name that already means something',
    text: 'name: a\nsteps:\n  - crash: n1\n    as: leader\n',
    wanted: [/^x\.yaml:4:9: steps\[0\]\.as: this name already means something/],
  },
  { name: 'text that is no YAML', text: 'name: a\nsteps:\n  - [unclosed\n', wanted: [/^x\.yaml:4:1: /] },
  { name: 'a key twice', text: 'name: a\nname: b\nsteps: [heal]\n', wanted: [/^x\.yaml:2:1: .*unique/i] },
  { name: 'no map at all', text: '- a\n', wanted: [/^x\.yaml:1:1: a scenario is a map/] },
  { name: 'an empty file', text: '', wanted: [/^x\.yaml:1:1: a scenario is a map/] },
  { name: 'steps missing', text: 'name: a\n', wanted: [/^x\.yaml:1:1: steps: /] },
  {
    name: 'several mistakes at once',
    text: 'name: a\nx: 1\nsteps:\n  - y: 2\n',
    wanted: ['x.yaml:2:1: unknown key "x"', /^x\.yaml:4:5: "y" is no step/],
  },
]

test.each(mistakes)('$name is told with its place', ({ text, wanted }) => {
  const said = problems(text)
  for (const [index, line] of wanted.entries()) {
    if (typeof line === 'string') expect(said[index]).toBe(line)
    else expect(said[index]).toMatch(line)
  }
  expect(said).toHaveLength(wanted.length)
})

test('a bomb of aliases is refused', () => {
  const levels = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`)
  expect(problems(`a0: &a0 [x]\n${levels.join('\n')}\n`)[0]).toMatch(/^x\.yaml:1:1: .*alias/i)
})
