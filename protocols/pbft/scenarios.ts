/** Named beginnings for a run, in the lab's scenario language (main/scenario/README.md). */
export const scenarios: readonly { name: string; title: string; teaches: string; text: string }[] = [
  {
    name: 'bad-afternoon',
    title: 'A bad afternoon',
    teaches: 'Whatever befalls the replicas, what was committed stays; when it is over, they go on (§4.4, §4.5).',
    text: `name: A bad afternoon
about: >
  Five seconds of crashes, pauses, partitions, weather, and mostly one liar, another afternoon for every seed, while clients read and write.
  Then all is healed, and within a few seconds operations succeed again and every replica has executed the same.
run: { protocol: pbft, service: kv, nodes: 4, seed: 1, load: { clients: 6, rate: 60 }, options: { checkpointEvery: 5, window: 40 } }
vary:
  nodes: [4, 4, 4, 5, 7]
  load: { clients: [2, 4, 10], rate: [8, 30, 100], mix: { read: [5, 20] }, keys: [1, 2, 5] }
  options: { checkpointEvery: [1, 2, 5, 20], window: [20, 40, 200], maxBatch: [1, 2, 64], maxInFlight: [1, 4, 16], viewChangeMs: [150, 300, 500], chunkChars: [64, 65536] }
steps:
  - storm: { ms: 5000, liars: 1 }
  - heal:
  - wait: progress
    withinMs: 15000
  - load: off
  - wait: idle
    withinMs: 15000
  - wait: leader
    withinMs: 10000
  - wait: applied
    withinMs: 10000
expect: { applied: equal }
`,
  },
]
