import fc from 'fast-check'
import { expect, test } from 'vitest'
import { networkFaultSchema } from '../../../../protocols/core/fault.ts'
import { CLIENTS, nodeId, nodeIds } from '../../../../protocols/core/ids.ts'
import { type FaultFields, faultOf, fieldsOf, KINDS, readValue } from '../../../../renderer/panels/faults/form.ts'
import { pathHints } from '../../../../renderer/panels/faults/paths.ts'

const nodes = nodeIds(5)
const n = (i: number) => nodeId(`n${i}`)
const fields = (part: Partial<FaultFields> = {}): FaultFields => ({
  ...fieldsOf({ kind: 'cut', target: { links: [[n(1), n(3)]] } }, nodes),
  ...part,
})

test('the wished-for one: drop the 2nd AppendEntries from n1 to n3 whose term is above 4', () => {
  const got = faultOf(
    fields({ ruled: true, types: ['AppendEntries'], skip: 1, count: 1, tests: [{ path: ' term ', is: '>', value: '4' }] }),
    nodes,
  )
  expect(got).toEqual({
    fault: {
      kind: 'cut',
      target: { links: [['n1', 'n3']] },
      rule: { types: ['AppendEntries'], where: [{ path: 'term', is: '>', value: 4 }], skip: 1, count: 1 },
    },
  })
})

test('only what the kind needs goes into the fault', () => {
  for (const { value: kind } of KINDS) {
    const got = faultOf(fields({ kind, delayMs: 10, jitterMs: 400 }), nodes)
    expect('fault' in got && networkFaultSchema.safeParse(got.fault).success).toBe(true)
    if ('fault' in got && got.fault.kind === 'delay') expect(got.fault.jitterMs).toBe(10)
    if ('fault' in got && got.fault.kind === 'cut') expect(got.fault).not.toHaveProperty('probability')
  }
})

test('a rule that restricts nothing is no rule, and one that is switched off neither', () => {
  expect(faultOf(fields({ ruled: true }), nodes)).toEqual({ fault: { kind: 'cut', target: { links: [['n1', 'n3']] } } })
  expect(faultOf(fields({ ruled: false, skip: 3 }), nodes)).toEqual({ fault: { kind: 'cut', target: { links: [['n1', 'n3']] } } })
})

test('what is missing is said in a sentence', () => {
  const missing = (part: Partial<FaultFields>) => {
    const got = faultOf(fields(part), nodes)
    return 'missing' in got ? got.missing : undefined
  }
  expect(missing({ links: [] })).toBe('Choose at least one link.')
  expect(missing({ links: [{ from: n(2), to: n(2), both: false }] })).toContain('needs two ends')
  expect(missing({ where: 'groups', side: [] })).toContain('each side')
  expect(missing({ where: 'groups', side: nodes })).toContain('each side')
  expect(missing({ ruled: true, tests: [{ path: 'term', is: '=', value: ' ' }] })).toContain('needs a value')
  expect(missing({ ruled: true, tests: [{ path: '', is: '=', value: '4' }] })).toContain('path of a field')
  expect(missing({ ruled: true, tests: [{ path: '', is: '=', value: '' }] })).toBeUndefined()
})

test('two directions fold into one line and unfold again', () => {
  const draft = {
    kind: 'loss',
    target: {
      links: [
        [n(1), n(2)],
        [n(2), n(1)],
        [n(1), n(3)],
      ],
    },
  } as const
  const open = fieldsOf(
    { kind: draft.kind, target: { links: draft.target.links.map(([from, to]) => [from, to] as [typeof from, typeof to]) } },
    nodes,
  )
  expect(open.links).toEqual([
    { from: 'n1', to: 'n2', both: true },
    { from: 'n1', to: 'n3', both: false },
  ])
  const got = faultOf(open, nodes)
  expect('fault' in got && got.fault.target).toEqual({ links: draft.target.links })
})

test('sides: the clients stand with the marked nodes only when they are marked too', () => {
  const one = faultOf(fields({ where: 'groups', side: [n(2), n(1)] }), nodes)
  expect('fault' in one && one.fault.target).toEqual({
    groups: [
      ['n1', 'n2'],
      ['n3', 'n4', 'n5'],
    ],
  })
  const two = faultOf(fields({ where: 'groups', side: [n(1), CLIENTS] }), nodes)
  expect('fault' in two && two.fault.target).toEqual({
    groups: [
      ['n1', CLIENTS],
      ['n2', 'n3', 'n4', 'n5'],
    ],
  })
})

test('opening the form on a fault and reading it back gives the same fault', () => {
  const links = fc.uniqueArray(
    fc.constantFrom(...nodes.flatMap((a) => nodes.filter((b) => b !== a).map((b) => [a, b] as [typeof a, typeof b]))),
    {
      minLength: 1,
      maxLength: 8,
      selector: ([a, b]) => `${a}${b}`,
    },
  )
  const rule = fc.record(
    {
      types: fc.subarray(['RequestVote', 'AppendEntries'], { minLength: 1 }),
      skip: fc.integer({ min: 1, max: 9 }),
      count: fc.integer({ min: 1, max: 9 }),
      where: fc.array(
        fc.record({
          path: fc.constantFrom('term', 'entries.0.term'),
          is: fc.constantFrom('=', '>', 'contains'),
          value: fc.oneof(fc.integer(), fc.boolean(), fc.constantFrom('n1', 'abc'), fc.constant(null)),
        }),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
    },
    { requiredKeys: ['count'] },
  )
  const sorted = (fault: object) =>
    JSON.stringify({ ...fault, target: { links: [...(fault as { target: { links: string[][] } }).target.links].map(String).sort() } })
  fc.assert(
    fc.property(links, rule, (on, of) => {
      const fault = networkFaultSchema.parse({ kind: 'cut', target: { links: on }, rule: of })
      const got = faultOf(fieldsOf(fault, nodes), nodes)
      expect('fault' in got && sorted(got.fault)).toBe(sorted(fault))
    }),
  )
})

test('values are read as what they look like', () => {
  expect(['4', '-2.5', 'true', 'null', 'n3', '"4"', ' x '].map(readValue)).toEqual([4, -2.5, true, null, 'n3', '4', 'x'])
})

test('paths are suggested from what was sent lately', () => {
  const hints = pathHints([
    { kind: 'AppendEntries', term: 3, entries: [{ term: 2, op: { key: 'x' } }], leaderCommit: 4 },
    { kind: 'AppendEntries', term: 4, entries: [] },
  ])
  expect(hints.map(({ path }) => path)).toEqual(['leaderCommit', 'term', 'entries.0.term', 'entries.0.op.key'])
  expect(hints.find(({ path }) => path === 'term')?.example).toBe('4')
  expect(pathHints([null, 7, 'x'])).toEqual([])
})
