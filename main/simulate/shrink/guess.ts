/** Trials that owe little or nothing to the failing one: a few nodes, a few operations, a misfortune or two. Sometimes it takes no more than that. */
import type { Step } from '../../scenario/format.ts'
import { ask, befall, impatient, lie, option, SEEDS, seat, tellMore } from './change.ts'
import { type Change, deedsOf, watchOf, withDeeds } from './deeds.ts'
import type { Dice } from './dice.ts'
import { addFault, aim } from './faults.ts'
import type { Sent } from './letters.ts'
import type { Bench, Trial } from './trial.ts'

/** Nothing but a storm over a few nodes, and in half of them a client or two that ask a little. Without settings that are known to do, some times are much longer than usual. */
export function stormy({ run, ...trial }: Trial, dice: Dice, bench: Bench, settings?: Trial['run']['options']): Trial {
  const { protocol, liars = 0 } = bench
  const { load, ...quiet } = run
  const options = settings ?? patient(run.options, dice, protocol)
  const { usual, min } = protocol.clusterSize
  const fewer = dice.oneOf(liars > 0 ? [0, 0, 1, 2] : [2, 2, 3])
  const nodes = Math.max(min, Math.min(run.nodes, usual - fewer))
  const few = { clients: dice.oneOf([1, 2]), operations: dice.oneOf([2, 3, 5]), rate: dice.oneOf([0, 20]), keys: 1 }
  const asking = load && dice.chance(0.5) ? { load: { ...load, ...few } } : {}
  const steps: Step[] = [{ do: 'storm', storm: { ms: dice.oneOf([1000, 2000, 3000]), liars, tells: tellsOf(bench, dice) } }]
  const storm = {
    ...trial,
    run: { ...quiet, ...asking, nodes, spares: sparesOn(run, nodes, dice, protocol), seed: 1 + dice.below(SEEDS), options },
    steps,
    expect: {},
  }
  // Numbers, too: with one entry a message, say, an old entry gets to the others in one term and the new one in the next.
  return settings || dice.chance(0.5) ? storm : varied(storm, dice, bench)
}

/** The same where something is waited for in vain: a brief storm, all is healed, and patience is short. */
export function stormyInVain(trial: Trial, dice: Dice, bench: Bench, settings?: Trial['run']['options']): Trial {
  const storm = stormy(trial, dice, bench, settings)
  const steps: Step[] = [
    { do: 'storm', storm: { ms: dice.oneOf([300, 600, 1000, 2000]), liars: bench.liars ?? 0, tells: tellsOf(bench, dice) } },
    { do: 'heal', heal: true },
    { ...watchOf(trial), withinMs: dice.oneOf([100, 200, 400, 800, 1600]) },
  ]
  const { load: _, ...quiet } = storm.run
  return { ...storm, run: { ...quiet, ...lightLoad(trial, dice) }, steps }
}

/** Half of the storms tell nobody anything. */
const tellsOf = ({ tells = [] }: Bench, dice: Dice): string[] => (dice.chance(0.5) ? [...tells] : [])

/** One client, mostly: what is waited for may be what it asked. */
function lightLoad({ run: { load } }: Trial, dice: Dice): Pick<Trial['run'], 'load'> {
  return load && dice.chance(0.8) ? { load: { ...load, clients: 1, rate: dice.oneOf([2, load.rate]), keys: 1 } } : {}
}

/** Some times are much longer than usual, so that what they bring does not come at all; what takes many of something may take one, or none; and what is switched on may be off. */
function patient(
  options: Trial['run']['options'],
  dice: Dice,
  { optionSpecs, options: schema }: Bench['protocol'],
): Trial['run']['options'] {
  const changes: { [name: string]: unknown } = {}
  const [isPlain, isFew] = [dice.chance(0.5), dice.chance(0.3)]
  for (const { name, unit } of optionSpecs) {
    const value = options[name]
    if (unit === 'ms' && typeof value === 'number' && dice.chance(0.3)) changes[name] = value * dice.oneOf([4, 20, 100])
    if (isFew && unit !== 'ms' && typeof value === 'number' && dice.chance(0.5)) changes[name] = dice.oneOf([0, 1])
    if (typeof value === 'boolean' && (isPlain ? value : dice.chance(0.3))) changes[name] = !value
  }
  return settled(schema, options, changes)
}

/** Everything off that can be switched: what is said without it takes fewer words, and mostly fewer messages. */
export function plain({ run, ...trial }: Trial, { protocol }: Bench): Trial {
  const on = Object.entries(run.options).filter(([, value]) => value === true)
  const off = Object.fromEntries(on.map(([name]) => [name, false]))
  return { ...trial, run: { ...run, options: settled(protocol.options, run.options, off) } }
}

/** As many of the changes as go together. */
function settled(schema: Bench['protocol']['options'], options: Trial['run']['options'], changes: { [name: string]: unknown }) {
  const isGood = (result: { [name: string]: unknown }) => schema.safeParse(result).success
  let result: { [name: string]: unknown } = { ...options, ...changes }
  if (isGood(result)) return result as Trial['run']['options']
  result = options
  for (const [name, value] of Object.entries(changes)) if (isGood({ ...result, [name]: value })) result = { ...result, [name]: value }
  return result as Trial['run']['options']
}

/** Spare seats stay as far as there is room for them; or a cluster begins small, where it can grow. */
const sparesOn = ({ spares }: Pick<Trial['run'], 'spares'>, nodes: number, dice: Dice, { membership }: Bench['protocol']): number =>
  membership && dice.chance(0.3) ? dice.below(nodes) : Math.min(spares, nodes - 1)

/** The same on a cluster with other settings. */
export function varied(trial: Trial, dice: Dice, bench: Bench): Trial {
  let result = trial
  for (let left = dice.oneOf([0, 1, 2]); left > 0; left--) result = option(result, dice, bench, []) ?? result
  return result
}

/** A small trial that owes nothing to any other: a few nodes, a few operations, a misfortune or two. */
export function guessed(trial: Trial, dice: Dice, bench: Bench): Trial {
  const { load: _, ...rest } = trial.run
  const { liars = 0, protocol, tells = [] } = bench
  const nodes = dice.oneOf([1, 2, 3, 3, ...(liars > 0 ? [protocol.clusterSize.usual] : [])]) // whether the protocol runs on so many is asked before it is tried
  const network = { delayMs: 0, jitterMs: 0 }
  const usual = bench.protocol.options.parse({}) as Trial['run']['options']
  const options = patient(dice.chance(0.5) ? usual : trial.run.options, dice, bench.protocol)
  const spares = sparesOn(rest, nodes, dice, protocol)
  const run = { ...rest, nodes, spares, network, seed: 1 + dice.below(SEEDS), options }
  let result: Trial = { ...trial, run, steps: [watchOf(trial)] }
  const changes = [
    ...Array(dice.below(4)).fill(ask),
    ...Array(dice.below(3)).fill(addFault),
    ...(dice.chance(0.3) ? [befall] : []),
    ...Array(dice.below(tells.length > 0 ? 4 : 1)).fill(tellMore),
    ...(spares > 0 && dice.chance(0.8) ? [seat] : []),
    ...(liars > 0 && dice.chance(0.8) ? [lie] : []),
    option,
    stretched,
  ]
  for (const change of changes as Change[]) result = change(result, dice, bench, []) ?? result
  return result
}

/** The same for what is waited for in vain: somebody asks, and patience is short. */
export function guessedInVain(trial: Trial, dice: Dice, bench: Bench): Trial {
  const guess = guessed(trial, dice, bench)
  let result: Trial = { ...guess, run: { ...guess.run, ...lightLoad(trial, dice) } }
  for (let left = dice.oneOf([1, 2, 3]); left > 0; left--) result = impatient(result, dice, bench, []) ?? result
  return result
}

/** The same, and something befalls one message or two of those that were sent in it. */
export function aimedAt(trial: Trial, dice: Dice, bench: Bench, sent: readonly Sent[]): Trial {
  let result = trial
  for (let left = dice.oneOf([1, 1, 2]); left > 0; left--) result = aim(result, dice, bench, sent) ?? result
  return result
}

/** Times anew, over as long as a few tries of a client or elections take. */
const stretched: Change = (trial, dice) => {
  const spanMs = dice.oneOf([300, 600, 1200])
  return withDeeds(
    trial,
    deedsOf(trial).map((step) => (dice.chance(0.2) ? { ...step, atMs: 0 } : { ...step, atMs: dice.between(0, spanMs) })),
  )
}
