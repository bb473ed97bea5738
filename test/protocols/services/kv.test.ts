import { expect, test } from 'vitest'
import { draw } from '../../../protocols/core/prng.ts'
import { type KvOperation, kv } from '../../../protocols/services/kv.ts'

const op = (text: string): KvOperation => {
  const parsed = kv.parse(text)
  if ('error' in parsed) throw new Error(parsed.error)
  return parsed.op
}
const run = (...lines: string[]): string[] => {
  let state = kv.init()
  return lines.map((line) => {
    const applied = kv.apply(state, op(line))
    state = applied.state
    return kv.formatResult(op(line), applied.result)
  })
}

test('operations do what they say', () => {
  expect(run('get x', 'put x 1', 'get x', 'append x 2', 'get x', 'append y a', 'get y')).toEqual([
    '(none)',
    'ok',
    '1',
    'ok',
    '12',
    'ok',
    'a',
  ])
  expect(run('delete x', 'put x 1', 'delete x', 'get x')).toEqual(['was not there', 'ok', 'deleted', '(none)'])
  expect(run('cas x 1 2', 'cas x (none) 1', 'cas x (none) 3', 'cas x 1 2', 'get x')).toEqual([
    'not swapped',
    'swapped',
    'not swapped',
    'swapped',
    '2',
  ])
  expect(run('put x "(none)"', 'get x', 'cas x (none) 2', 'cas x "(none)" 2')).toEqual(['ok', '"(none)"', 'not swapped', 'swapped'])
})

test('a state stays as it was when the next one is made', () => {
  const before = kv.apply(kv.init(), op('put x 1')).state
  kv.apply(before, op('put x 2'))
  kv.apply(before, op('delete x'))
  expect(kv.encode(before)).toEqual({ x: '1' })
  const open = kv.inPlace?.open(before) ?? before
  const changed = kv.inPlace?.seal(kv.apply(kv.apply(open, op('put x 2')).state, op('delete x')).state)
  expect(changed && kv.encode(changed)).toEqual({})
  expect(kv.encode(before)).toEqual({ x: '1' })
})

const sayings: { text: string; says: string }[] = [
  { text: '', says: 'Type an operation' },
  { text: 'fetch x', says: '"fetch" is no operation of this store. It knows get, put, append, delete, cas.' },
  { text: 'put x', says: 'This takes 2 words after it, not 1: put KEY VALUE.' },
  { text: 'put x hello world', says: 'Put text with spaces in double quotes.' },
  { text: 'get', says: 'This takes 1 word after it, not 0: get KEY.' },
  { text: 'get ""', says: 'A key cannot be empty.' },
  { text: 'put x "open', says: 'A double quote stands open' },
  { text: 'put x a"b', says: 'A double quote stands open' },
  { text: 'put x "\\q"', says: 'escape' },
]
for (const { text, says } of sayings) {
  test(`${text || '(nothing)'}: ${says}`, () =>
    expect('error' in kv.parse(text) && (kv.parse(text) as { error: string }).error).toContain(says))
}

test('what is formatted reads back the same', () => {
  const texts = ['1', 'two words', 'say "hi"', 'tab\tand\nline', '(none)', '', 'ümlaut ☃', 'back\\slash']
  for (const value of texts) {
    const ops: KvOperation[] = [
      { op: 'put', key: value || 'k', value },
      { op: 'append', key: 'k', value },
      { op: 'cas', key: 'k', expect: value, value },
      { op: 'cas', key: 'k', expect: null, value },
      { op: 'get', key: value || 'k' },
      { op: 'delete', key: value || 'k' },
    ]
    for (const written of ops) expect(op(kv.format(written))).toEqual(written)
  }
  expect(op('  PUT   x\t"1"  ')).toEqual({ op: 'put', key: 'x', value: '1' })
})

test('every line of the grammar is understood', () => {
  for (const { form } of kv.grammar) expect(kv.parse(form)).toHaveProperty('op')
})

test('a load writes every value once, in the asked mix and size', () => {
  let throws = 0
  const coins = () => draw(7, throws++)
  const count = { get: 0, put: 0, append: 0, delete: 0, cas: 0 }
  const values = new Set<string>()
  for (let serial = 1; serial <= 5000; serial++) {
    const drawn = kv.draw({ readMix: 5, writeMix: 4, casMix: 1, keys: 3, valueBytes: 8 }, coins, serial)
    expect(kv.operation.parse(drawn)).toEqual(drawn)
    expect(['k1', 'k2', 'k3']).toContain(drawn.key)
    count[drawn.op]++
    if ('value' in drawn) {
      expect(drawn.value).toHaveLength(8)
      expect(values.has(drawn.value)).toBe(false)
      values.add(drawn.value)
    }
  }
  expect(count.get).toBeGreaterThan(2300)
  expect(count.put).toBeGreaterThan(1800)
  expect(count.cas).toBeGreaterThan(400)
  const onlyReads = kv.draw({ readMix: 1, writeMix: 0, casMix: 0, keys: 1, valueBytes: 1 }, coins, 1)
  expect(onlyReads.op).toBe('get')
})

test('some drawn compare-and-sets swap and some do not', () => {
  let throws = 0
  let state = kv.init()
  const results = new Set<unknown>()
  for (let serial = 1; serial <= 2000; serial++) {
    const drawn = kv.draw({ readMix: 0, writeMix: 1, casMix: 1, keys: 2, valueBytes: 4 }, () => draw(3, throws++), serial)
    const applied = kv.apply(state, drawn)
    state = applied.state
    if (drawn.op === 'cas') results.add(applied.result)
  }
  expect(results).toEqual(new Set([true, false]))
})

test('equal states encode to equal text, however they came about', () => {
  const keys = Array.from({ length: 50 }, (_, i) => `k${i}`)
  const build = (order: readonly string[]) => order.reduce((state, key) => kv.apply(state, { op: 'put', key, value: key }).state, kv.init())
  const [one, other] = [build(keys), build([...keys].reverse())]
  expect(JSON.stringify(kv.encode(one))).toBe(JSON.stringify(kv.encode(other)))
  expect(JSON.stringify(kv.encode(kv.decode(kv.encode(one))))).toBe(JSON.stringify(kv.encode(one)))
})
