/** N, R and W as sliders (§4.5, §6): their bounds, the settings that have names, and what they are while a run goes on. */
import type { Settings, Shown, Tuning } from '../core/tuning.ts'
import { analysis, type DynamoOptions } from './options.ts'

const within = ({ n = 1 }: Settings, nodes: number): number => Math.min(n, nodes)

export const tuning: Tuning<DynamoOptions> = {
  title: 'Quorums',
  options: ['n', 'r', 'w'],
  max: (option, settings, nodes) => (option === 'n' ? nodes : within(settings, nodes)),
  presets: [
    {
      name: 'Majorities',
      help: 'R and W are each more than half of N: reads and writes bear as many failures, and always meet.',
      of: (settings, nodes) => {
        const n = within(settings, nodes)
        const half = Math.floor(n / 2) + 1
        return { n, r: half, w: half }
      },
    },
    {
      name: 'W = N, R = 1',
      help: 'For many reads: one answer is enough and always fresh, but no write goes through while a replica is down.',
      of: (settings, nodes) => ({ n: within(settings, nodes), r: 1, w: within(settings, nodes) }),
    },
    {
      name: 'W = 1, R = N',
      help: 'For many writes: one disk is enough, but a read waits for all replicas, and one lost disk loses writes.',
      of: (settings, nodes) => ({ n: within(settings, nodes), r: within(settings, nodes), w: 1 }),
    },
    {
      name: 'W = 1, R = 1',
      help: 'As fast and as available as can be: reads may be stale, until the copies are made equal.',
      of: (settings, nodes) => ({ n: within(settings, nodes), r: 1, w: 1 }),
    },
  ],
  analyse: analysis,
  during: { control: 'setQuorum', now },
}

/** By whoever knows the latest ring; among the nodes on the ring. */
function now(shown: readonly Shown[]): ReturnType<NonNullable<Tuning['during']>['now']> {
  const latest = shown.reduce<Shown | undefined>((best, each) => (!best || each.epoch > best.epoch ? each : best), undefined)
  const [n, r, w] = String(latest?.facts.quorum ?? '')
    .split(' ')
    .map(Number)
  if (!n || !r || !w) return undefined
  return { settings: { n, r, w }, nodes: shown.filter(({ facts }) => facts.member === 'in').length }
}
