/** The lock with fencing tokens: what it answers, and its scenarios on every protocol that carries it. */
import { expect, test } from 'vitest'
import { choose } from '../../../main/labChoice.ts'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { runScenario } from '../../../main/scenario/runner.ts'
import { simulatedConfig } from '../../../main/simulate/begin.ts'
import { SimStage } from '../../../main/simulate/stage.ts'
import { lock as model } from '../../../protocols/check/models/lock.ts'
import { callOf } from '../../../protocols/check/write.ts'
import { runId } from '../../../protocols/core/ids.ts'
import type { Json } from '../../../protocols/core/json.ts'
import { draw } from '../../../protocols/core/prng.ts'
import { findProtocol } from '../../../protocols/registry.ts'
import { type LockOperation, lock } from '../../../protocols/services/lock/index.ts'

const op = (text: string): LockOperation => {
  const parsed = lock.parse(text)
  if ('error' in parsed) throw new Error(parsed.error)
  return parsed.op
}

/** `a@100 acquire x 50`: client a, at that time of its own. Clients remember their tokens. */
function run(...lines: string[]): string[] {
  let state = lock.init()
  const memories = new Map<string, Json>()
  return lines.map((line) => {
    const [, client = '', at = '', text = ''] = /^(\w+)@(\d+) (.*)$/.exec(line) ?? []
    const asked = { operation: 1, client, nowMs: Number(at) }
    const sent = lock.memory?.recall(memories.get(client) ?? null, op(text), asked) as LockOperation
    const { state: next, result } = lock.apply(state, sent)
    memories.set(client, lock.memory?.learn(memories.get(client) ?? null, sent, result) ?? null)
    state = lock.decode(lock.encode(next))
    return lock.formatResult(op(text), result)
  })
}

test('a holder that slept over its lease is fenced off by the token of the next one', () => {
  expect(
    run(
      ...['a@0 acquire x 100', 'b@99 acquire x 100', 'a@99 write x 1', 'b@100 acquire x 100', 'a@150 write x 2', 'b@150 write x 3'],
      ...[
        'a@160 write x 4',
        'b@170 write x 5',
        'a@180 release x',
        'c@180 holder x',
        'c@180 read x',
        'a@190 write x 6 unchecked',
        'c@191 read x',
      ],
    ),
  ).toEqual([
    ...['token 1', 'held by a, token 1', 'written', 'token 2', 'written', 'written'],
    ...['refused: token 1 is older than 2', 'written', 'refused: not its holder', 'b, token 2', '5', 'written', '6'],
  ])
})

test('asked again, a holder keeps its token; a clock that goes back frees nothing early, and no token writes nothing', () => {
  expect(
    run('a@500 acquire x 100', 'a@550 acquire x 100', 'b@10 acquire x 9999', 'b@640 acquire x', 'b@650 acquire x', 'b@0 holder x'),
  ).toEqual([...['token 1', 'token 1', 'held by a, token 1', 'held by a, token 1', 'token 2', 'b, token 2']])
  expect(
    run('a@0 write x 1', 'a@0 write x 1 7', 'a@0 release x', 'a@0 holder x', 'a@0 acquire x 5', 'a@1 release x', 'a@1 holder x'),
  ).toEqual([...['refused: no token', 'written', 'refused: not its holder', '(free)', 'token 1', 'released', '(free)']])
})

test('what is read is written the same way, and what cannot be read says what would be right', () => {
  for (const line of ['acquire x', 'acquire "a b" 20', 'release x', 'release x 3', 'write x 1', 'write x "1 2" 3', 'write x 1 unchecked'])
    expect(lock.format(op(line))).toBe(line)
  for (const line of ['write x 1 2 unchecked', 'write x "unchecked"', 'announce x 4', 'read x', 'holder x'])
    expect(op(lock.format(op(line)))).toEqual(op(line))
  const wrong = { '': 'Type an operation', 'lock x': 'It knows acquire, release, write', acquire: 'Which lock?', 'acquire x 0': 'no lease' }
  const more = { 'write x': 'Write what?', 'write x 1 two': 'no token', 'release x 1 2': '"2" is too much', 'read x y': '"y" is too much' }
  for (const [line, says] of Object.entries({ ...wrong, ...more }))
    expect(lock.parse(line), line).toMatchObject({ error: expect.stringContaining(says) })
})

test('its model answers as it does, whatever is asked in whatever order', () => {
  let coin = 0
  const coins = () => draw(7, 1, coin++)
  const said = new Set<string>()
  let state = lock.init()
  let modelled = model.init()
  for (let serial = 0; serial < 2000; serial++) {
    const drawn = lock.draw({ readMix: 2, writeMix: 8, casMix: 1, keys: 1, valueBytes: 1 }, coins, serial)
    const asked = { operation: serial, client: `c${coins() % 3}`, nowMs: Math.max(0, serial * 10 - (coins() % 200)) }
    const recalled = lock.memory?.recall({ l1: Math.max(0, (state.get('l1')?.token ?? 0) - (coins() % 3)) }, drawn, asked) as LockOperation
    const sent: LockOperation = recalled.op === 'write' && coins() % 9 === 0 ? { ...recalled, unchecked: true } : recalled
    const { state: next, result } = lock.apply(state, sent)
    const read = model.read({ client: asked.client, ...callOf(sent as unknown as Json) }, result)
    if ('problem' in read) throw new Error(read.problem)
    const after = model.step(modelled, read.input, result)
    if (after === undefined) throw new Error(`${lock.format(sent)}, answered ${JSON.stringify(result)}: ${model.describeState(modelled)}`)
    if (model.changesNothing(read.input, result)) expect(model.identity(after)).toBe(model.identity(modelled))
    said.add(`${sent.op} ${lock.formatResult(sent, result).replace(/[^a-z: ].*/, '')}`)
    state = next
    modelled = after
  }
  for (const each of [
    'acquire token ',
    'acquire held by c',
    'write written',
    'write refused: token ',
    'release released',
    'release refused: not its holder',
  ])
    expect(said).toContain(each)
})

test('its invariants say what was broken', () => {
  const [rising, fenced] = lock.invariants ?? []
  const states = [lock.init()]
  for (const [index, text] of ['acquire x 10', 'write x 1', 'acquire x 10', 'announce x', 'write x 2 1 unchecked'].entries()) {
    const asked = { operation: 1, client: `c${index}`, nowMs: index * 100 }
    const sent = lock.memory?.recall({ x: index > 2 ? 2 : 1 }, op(text), asked) as LockOperation
    states.push(lock.apply(states[index] ?? lock.init(), sent).state)
  }
  const [start, , , granted, announced, overwritten] = states
  if (!start || !granted || !announced || !overwritten) throw new Error('too few states')
  expect(fenced?.judge(granted, announced)).toBeUndefined()
  // However much a step applies at once: nodes that catch up take many.
  for (const before of [start, announced])
    expect(fenced?.judge(before, overwritten)).toMatch(/takes "2" with token 1 after it has seen token 2/)
  expect(rising?.judge(start, overwritten)).toBeUndefined()
  const stranger = granted.update('x', (held) => held && { ...held, holder: 'somebody' })
  expect(rising?.judge(granted, stranger)).toMatch(/granted to somebody with token 2/)
  expect(rising?.judge(granted, states[1] ?? start)).toMatch(/falls from 2 to 1/)
})

const NAMES = ['lock-paused-client', 'lock-without-fence', 'lock-late-write', 'lock-leader-crash', 'lock-bad-afternoon']
for (const protocol of ['raft', 'pbft'])
  for (const name of NAMES)
    test(`${protocol}/${name} does what it says`, async () => {
      const text = findProtocol(protocol)?.scenarios.find((scenario) => scenario.name === name)?.text ?? ''
      const scenario = parseScenario(text, name)
      const chosen = choose(simulatedConfig(scenario, scenario.run.seed))
      const outcome = await runScenario(new SimStage({ run: runId(name), ...chosen }), { ...scenario, afterwards: 'stop' })
      expect(outcome, outcome.why).toMatchObject({ is: 'pass' })
    }, 120_000)
