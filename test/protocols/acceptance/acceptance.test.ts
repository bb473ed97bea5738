/** What every registered protocol must do, whatever it is: run here over steps that a cluster under faults really took. */
import { describe, expect, test } from 'vitest'
import { changedPaths } from '../../../main/replay/difference.ts'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { type RunConfig, runConfigSchema } from '../../../protocols/core/config.ts'
import { wholePart } from '../../../protocols/core/glimpse.ts'
import { type NodeId, nodeIds } from '../../../protocols/core/ids.ts'
import type { Input, StartInput } from '../../../protocols/core/input.ts'
import type { Json } from '../../../protocols/core/json.ts'
import type { AnyMessage, AnyProtocol } from '../../../protocols/core/machine.ts'
import { panelInfo } from '../../../protocols/core/panel.ts'
import { between, draw } from '../../../protocols/core/prng.ts'
import type { AnyService } from '../../../protocols/core/service.ts'
import { findProtocol, protocols } from '../../../protocols/registry.ts'
import { findService, services } from '../../../protocols/services/index.ts'
import { Judging } from '../../../protocols/sim/judging.ts'
import { Simulation } from '../../../protocols/sim/simulation.ts'
import { Listener, type StepSeen, tee } from '../../../protocols/sim/sink.ts'
import { deepFreeze } from './freeze.ts'

interface TakenStep {
  readonly input: Input<AnyMessage> | StartInput
  readonly before: unknown
  readonly after: unknown
  readonly effects: readonly { readonly kind: string }[]
}

/** A service that it carries. */
function serviceOf({ services: carried }: AnyProtocol): AnyService {
  const service = services.find(({ name }) => carried.includes('*') || carried.includes(name))
  if (!service) throw new Error('it carries no registered service')
  return service
}

/** The settings that its bad afternoon begins with: under these everything that it says is said soon. */
const planOf = ({ scenarios }: AnyProtocol): RunConfig['options'] => {
  const plan = scenarios.find(({ name }) => name === 'bad-afternoon')
  return plan ? parseScenario(plan.text).run.options : {}
}

/** What such an afternoon leaves off, and must be seen as well. */
const SEEN_AS_WELL: { readonly [protocol: string]: RunConfig['options'] } = { raft: { batch: true } }

/** Steps of one run that are looked at: the first, and those that bring something new. */
const STEPS_MAX = 1000
const STEPS = 1000
const SEEDS = 20

/** Every step of a few seconds with crashes and losses; of as many runs as it takes to see all that it says and waits for. */
function recordedSteps(protocol: AnyProtocol): { steps: TakenStep[]; violations: readonly unknown[] } {
  const steps: TakenStep[] = []
  const violations: unknown[] = []
  const missing = new Set([...protocol.messages.map(({ kind }) => kind), ...protocol.timers.map(({ name }) => name)])
  for (let seed = 11; seed < 11 + SEEDS && (missing.size > 0 || steps.length < STEPS); seed++)
    violations.push(...record(protocol, seed, steps, missing))
  return { steps, violations }
}

function record(protocol: AnyProtocol, seed: number, steps: TakenStep[], missing: Set<string>): readonly unknown[] {
  const service = serviceOf(protocol)
  const { usual: nodes } = protocol.clusterSize
  const network = { delayMs: 4, jitterMs: 4 }
  const config = runConfigSchema.parse({
    protocol: protocol.name,
    service: service.name,
    nodes,
    seed,
    network,
    load: { clients: 4, rate: 0 },
    options: { ...planOf(protocol), ...SEEN_AS_WELL[protocol.name] },
  })
  const judging = new Judging(protocol, service)
  const before0 = steps.length
  class Steps extends Listener {
    override stepped({ input, before, after, effects }: StepSeen): void {
      const isNew =
        (input.kind === 'message' && missing.delete(input.message.kind)) || (input.kind === 'timer' && missing.delete(input.name))
      if (isNew || steps.length < before0 + STEPS_MAX) steps.push({ input, before, after, effects })
    }
  }
  const run = new Simulation({ protocol, service, config, sink: tee(judging, new Steps()) })
  const target = { all: true } as const
  run.arm({ kind: 'loss', target, probability: 0.05 })
  run.arm({ kind: 'duplicate', target, probability: 0.05, copies: 1 })
  run.arm({ kind: 'reorder', target, probability: 0.01, windowMs: 1000 })
  let throws = 0
  const coin = () => draw(seed, 99, throws++)
  const controls = (protocol.controls ?? []).filter(({ fields }) => fields.length > 0 && fields.every(({ is }) => is.startsWith('node')))
  for (let atMs = 300; controls.length > 0 && atMs < 3000; atMs += between(coin(), 50, 400)) {
    const { name, fields } = controls[coin() % controls.length] as (typeof controls)[number]
    const some = () => run.nodes[coin() % run.nodes.length] as NodeId
    const control = { ...Object.fromEntries(fields.map((field) => [field.name, field.is === 'node' ? some() : [some()]])), name }
    run.at(Math.round(atMs * 1e3), () => {
      for (const node of run.nodes) if (run.node(node).status === 'up' && run.observation(node)?.role === 'leader') run.tell(node, control)
    })
  }
  for (let atMs = 60; atMs < 3000; atMs += between(coin(), 100, 900)) {
    const node = run.nodes[coin() % run.nodes.length] as NodeId
    run.at(Math.round(atMs * 1e3), () => run.node(node).status === 'up' && run.act(node, 'crash'))
    run.at(Math.round((atMs + between(coin(), 10, 300)) * 1e3), () => run.node(node).status === 'down' && run.act(node, 'restart'))
  }
  run.run(3_000_000)
  return judging.found
}

const text = (value: unknown): string => JSON.stringify(value)

for (const protocol of protocols) {
  describe(protocol.name, () => {
    const machine = protocol.machine(serviceOf(protocol))
    const { steps, violations } = recordedSteps(protocol)
    const step = (before: unknown, input: TakenStep['input']) =>
      input.kind === 'start' ? machine.start(input) : machine.step(before, input)

    test('the steps are worth testing with', () => {
      expect(steps.length).toBeGreaterThanOrEqual(STEPS)
      expect(violations).toEqual([])
      for (const { kind } of protocol.messages) {
        expect(
          steps.some(({ input }) => input.kind === 'message' && input.message.kind === kind),
          kind,
        ).toBe(true)
      }
      for (const { name } of protocol.timers) {
        expect(
          steps.some(({ input }) => input.kind === 'timer' && input.name === name),
          name,
        ).toBe(true)
      }
    })

    test('the same inputs give the same states and effects, byte for byte', () => {
      for (const { before, input, after, effects } of steps) {
        const again = step(before, input)
        expect(text(again.effects)).toBe(text(effects))
        expect(text(protocol.encode(again.state))).toBe(text(protocol.encode(after)))
      }
    })

    test('neither the old state nor the input is changed', () => {
      for (const { before, input } of steps) {
        const told = before === undefined ? '' : text(protocol.encode(before))
        step(deepFreeze(before), deepFreeze(input))
        if (before !== undefined) expect(text(protocol.encode(before))).toBe(told)
      }
    })

    test('a glimpse gives what the whole encoding gives, in part or without what another state shares', () => {
      const { glimpse } = protocol
      if (!glimpse) return
      for (const { before, after } of steps) {
        const whole = protocol.encode(after) as { readonly [field: string]: Json }
        expect(text(glimpse(after, { part: wholePart }))).toBe(text(whole))
        for (const field of Object.keys(whole)) {
          expect(glimpse(after, { fields: new Set([field]), part: wholePart })).toEqual({ [field]: whole[field] })
        }
        if (before === undefined) continue
        const old = protocol.encode(before) as { readonly [field: string]: Json }
        const [was, is] = [glimpse(before, { unlike: after, part: wholePart }), glimpse(after, { unlike: before, part: wholePart })]
        expect(changedPaths(was, is).sort()).toEqual(changedPaths(old, whole).sort())
      }
    })

    test('a decoded state encodes to the same text and takes the same step', () => {
      for (const { before, input, after, effects } of steps) {
        if (before === undefined) continue
        const encoded = protocol.encode(before)
        const decoded = protocol.decode(JSON.parse(text(encoded)) as Json)
        expect(text(protocol.encode(decoded))).toBe(text(encoded))
        expect(text(protocol.observe(decoded))).toBe(text(protocol.observe(before)))
        const again = step(decoded, input)
        expect(text(again.effects)).toBe(text(effects))
        expect(text(protocol.encode(again.state))).toBe(text(protocol.encode(after)))
      }
    })

    test('messages survive encoding and fit their schema', () => {
      for (const { effects } of steps) {
        for (const effect of effects as readonly { kind: string; message?: AnyMessage }[]) {
          if (effect.kind !== 'send') continue
          const parsed = protocol.message.parse(JSON.parse(text(effect.message))) as AnyMessage
          expect(text(parsed)).toBe(text(effect.message))
          const spec = protocol.messages.find(({ kind }) => kind === parsed.kind)
          expect(spec, parsed.kind).toBeDefined()
          expect(typeof (spec?.faint?.(parsed) ?? false)).toBe('boolean')
          expect(spec?.summary?.(parsed) ?? 'x').not.toBe('')
        }
      }
    })

    test('its panel shows any state, a window of it as a slice of the whole, in data that crosses to a window', () => {
      const { panel } = protocol
      if (!panel) return
      const info = panelInfo(panel)
      expect(new Set(info.views.map(({ name }) => name)).size).toBe(info.views.length)
      const words = (op: Json) => text(op)
      for (const view of panel.views) {
        if (view.kind === 'ring') {
          for (const { after } of steps.filter((_, index) => index % 37 === 0)) {
            const ring = view.of(protocol.decode(JSON.parse(text(protocol.encode(after))) as Json))
            expect(ring).toEqual(view.of(after))
            expect(text(JSON.parse(text(ring)))).toBe(text(ring))
            for (const at of [...ring.tokens, ...ring.copies].map((each) => each.at)) expect(at >= 0 && at < 1).toBe(true)
          }
          continue
        }
        if (view.kind !== 'grid') {
          expect(protocol.notes.map(({ name }) => name)).toEqual(expect.arrayContaining([...view.hears.notes]))
          expect(protocol.messages.map(({ kind }) => kind)).toEqual(expect.arrayContaining([...view.hears.messages]))
          continue
        }
        for (const { after } of steps.filter((_, index) => index % 37 === 0)) {
          const whole = view.row(after, { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER }, words)
          const window = { from: Math.floor((whole.first + whole.last) / 2), to: whole.last - 1 }
          const some = view.row(protocol.decode(JSON.parse(text(protocol.encode(after))) as Json), window, words)
          expect(some).toEqual({ ...whole, cells: whole.cells.filter(({ column }) => column >= window.from && column <= window.to) })
          expect(text(JSON.parse(text(whole)))).toBe(text(whole))
          for (const line of Object.keys(whole.lines)) expect(view.lines.map(({ name }) => name)).toContain(line)
          for (const { name } of whole.pointers) expect(view.pointers.map((each) => each.name)).toContain(name)
        }
      }
    })

    test('a message with a missing, foreign or wrongly typed field does not fit its schema', () => {
      const seen = new Set<string>()
      for (const { input } of steps) {
        if (input.kind !== 'message' || seen.has(input.message.kind)) continue
        seen.add(input.message.kind)
        const { kind } = input.message
        expect(protocol.message.safeParse({ ...input.message, extra: 1 }).success, kind).toBe(false)
        expect(protocol.message.safeParse({ ...input.message, kind: 'Nonsense' }).success, kind).toBe(false)
        for (const [field, value] of Object.entries(input.message)) {
          const { [field as keyof AnyMessage]: _, ...less } = input.message
          if (value !== undefined && !isOptional(protocol, input.message, field))
            expect(protocol.message.safeParse(less).success, `${kind} without ${field}`).toBe(false)
          expect(protocol.message.safeParse({ ...input.message, [field]: { no: 'such' } }).success, `${kind}.${field}`).toBe(false)
        }
      }
    })

    test('it sends to others only, and only sets timers that it describes, within their bounds', () => {
      const timers = new Set(protocol.timers.map(({ name }) => name))
      const nodes = new Set<string>(nodeIds(protocol.clusterSize.usual))
      for (const { after, effects } of steps) {
        const { id } = protocol.encode(after) as { id?: string }
        for (const effect of effects as readonly { kind: string; to?: string; name?: string; msMin?: number; msMax?: number }[]) {
          if (effect.kind === 'send') {
            expect(nodes.has(effect.to ?? '')).toBe(true)
            expect(effect.to).not.toBe(id)
          }
          if (effect.kind === 'setTimer') {
            expect(timers.has(effect.name ?? ''), effect.name).toBe(true)
            expect(effect.msMin).toBeLessThanOrEqual(effect.msMax ?? Number.NaN)
          }
        }
      }
    })

    test('it notes only what it describes', () => {
      const described = protocol.notes.map(({ name }) => name)
      expect(new Set(described).size).toBe(described.length)
      for (const { effects } of steps) {
        for (const effect of effects as readonly { kind: string; note?: string }[])
          if (effect.kind === 'note') expect(described).toContain(effect.note)
      }
    })

    test('what it persists stands before what it says', () => {
      for (const { effects } of steps) {
        const lastPersist = effects.findLastIndex(({ kind }) => kind === 'persist')
        const firstSaid = effects.findIndex(({ kind }) => kind === 'send' || kind === 'reply')
        if (lastPersist !== -1 && firstSaid !== -1) expect(lastPersist).toBeLessThan(firstSaid)
      }
    })

    test('it shows the facts that it describes, as small plain data', () => {
      const described = protocol.facts.map(({ name }) => name).sort()
      for (const { after } of steps) {
        const observation = protocol.observe(after)
        expect(Object.keys(observation.facts).sort()).toEqual(described)
        expect(text(observation).length).toBeLessThan(1000)
      }
    })

    test('it says what the rings round its nodes mean, where they wear any', () => {
      const isRinged = steps.some(({ after }) => ['leader', 'candidate'].includes(protocol.observe(after).role))
      expect(protocol.rings !== undefined).toBe(isRinged)
    })

    test('its options have defaults, and every one is described', () => {
      const options = protocol.options.parse({}) as object
      expect(Object.keys(options).sort()).toEqual(protocol.optionSpecs.map(({ name }) => name).sort())
      expect(protocol.options.parse(options)).toEqual(options)
    })

    test('it starts from nothing, from its own records, and from any prefix of them', () => {
      const starts = steps.flatMap(({ input }) => (input.kind === 'start' ? [input] : []))
      const longest = starts.reduce((most, input) => (input.recovered.length > most.recovered.length ? input : most))
      const records = longest.recovered.slice(0, 200)
      // A log has many records; few are where one stands for all before it, or where a single decree is all that is written.
      const isReplaced = steps.some(({ effects }) => effects.some((effect) => 'replaces' in effect))
      expect(records.length).toBeGreaterThan(protocol.services.includes('*') && !isReplaced ? 10 : 2)
      for (let count = 0; count <= records.length; count++) {
        const input: StartInput = { ...longest, recovered: records.slice(0, count) }
        const { state } = machine.start(deepFreeze(input))
        expect(text(protocol.encode(protocol.decode(protocol.encode(state))))).toBe(text(protocol.encode(state)))
      }
    })
  })
}

/** A field that other messages of the same kind do without. */
function isOptional(protocol: AnyProtocol, message: AnyMessage, field: string): boolean {
  const { [field as keyof AnyMessage]: _, ...less } = message
  return field !== 'kind' && protocol.message.safeParse(less).success && /^(conflict|preVote$|transfer$)/.test(field)
}

test('names are unique, lower case, and found', () => {
  const names = protocols.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) {
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/)
    expect(findProtocol(name)?.name).toBe(name)
  }
  expect(findProtocol('no-such')).toBeUndefined()
  expect(findService('no-such')).toBeUndefined()
  for (const { services: carried } of protocols) {
    for (const name of carried) expect(name === '*' || services.some((known) => known.name === name)).toBe(true)
  }
})
