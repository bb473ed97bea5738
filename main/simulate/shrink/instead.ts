/**
 * What befell a node befalls its links instead. A node that stands still or goes down takes two events, and two or three more when it comes
 * back; a fault takes one. Often all that matters is that a node was not heard, or heard nothing, or was heard late.
 */
import type { Step } from '../../scenario/format.ts'
import { NEVER_MS } from './aim.ts'
import { type Change, deedsOf, newLabel, nodeOf, nodesOf, withDeeds } from './deeds.ts'
import type { Dice } from './dice.ts'

export const instead: Change = (trial, dice, _, sent) => {
  const deeds = deedsOf(trial)
  const one = dice.oneOf(deeds.filter((step) => step.do === 'pause' || step.do === 'crash'))
  if (one === undefined) return undefined
  const node = nodeOf(one) as string
  const end = one.do === 'pause' ? 'resume' : 'restart'
  const back = deeds.slice(deeds.indexOf(one)).find((step) => step.do === end && nodeOf(step) === node)
  if (one.do === 'crash' && dice.chance(0.4)) return withDeeds(trial, stillInPlaceOf(deeds, one, back, dice))
  const others = nodesOf(trial).filter((other) => other !== node)
  if (others.length === 0) return undefined
  const [out, into] = [others.map((other) => [node, other]), others.map((other) => [other, node])]
  const links = dice.oneOf([out, into, [...out, ...into], [dice.oneOf([...out, ...into])]])
  const types = [...new Set(sent.filter(({ from, to }) => links.some(([a, b]) => a === from && b === to)).map(({ type }) => type))]
  const atMs = one.atMs ?? 0
  const absentMs = back?.atMs === undefined ? NEVER_MS : (back.atMs - atMs) * dice.between(0.7, 1.3)
  const arm = {
    kind: 'delay',
    delayMs: dice.oneOf([absentMs, NEVER_MS]),
    target: { links },
    ...(types.length > 0 && dice.chance(0.5) ? { rule: { types: [dice.oneOf(types)] } } : {}),
  } as Extract<Step, { do: 'arm' }>['arm']
  const as = newLabel(deeds)
  const lift: Step[] = back?.atMs !== undefined && dice.chance(0.3) ? [{ do: 'lift', lift: as, atMs: back.atMs }] : []
  return withDeeds(trial, [
    ...deeds.filter((step) => step !== one && step !== back),
    { do: 'arm', arm, as, atMs: dice.oneOf([atMs, 0]) },
    ...lift,
  ])
}

/** Who stands still comes back with an event fewer than who went down; but with timers that are due, so perhaps it comes later. */
const stillInPlaceOf = (deeds: readonly Step[], down: Step, up: Step | undefined, dice: Dice): Step[] => {
  const laterMs = dice.oneOf([0, dice.between(0, 300)])
  return deeds.map((step): Step => {
    const node = nodeOf(step) as string
    if (step === down) return { do: 'pause', pause: node, atMs: step.atMs ?? 0 }
    return step === up ? { do: 'resume', resume: node, atMs: (step.atMs ?? 0) + laterMs } : step
  })
}
