/**
 * What one decision costs PBFT, against the number of replicas: messages, bytes, signatures made and signatures checked, in simulated
 * time without faults. One client that asks once at a time, so that every decision is of one request; then 64 at once, so
 * that requests share numbers. Statuses, which go round whether or not anything happens, are counted apart.
 */
import '../../main/signing/lookingOn.ts'
import { runConfigSchema } from '../../protocols/core/config.ts'
import { pbft } from '../../protocols/pbft/index.ts'
import { kv } from '../../protocols/services/kv.ts'
import { Simulation } from '../../protocols/sim/simulation.ts'
import { type Letter, Listener, type StepSeen } from '../../protocols/sim/sink.ts'
import { report } from './figures.ts'

const SIZES = [4, 7, 10, 13, 16, 22, 31]
const OPERATIONS = Number(process.env.PBFT_OPERATIONS ?? 400)

class Count extends Listener {
  messages = 0
  statuses = 0
  bytes = 0
  decisions = 0
  /** Signatures in what replicas were given: each is checked there, once a message. */
  checked = 0
  /** Different ones that left their signer. */
  readonly signatures = new Set<string>()
  readonly #types: readonly string[]

  constructor(types: readonly string[]) {
    super()
    this.#types = types
  }

  override sent({ type, body }: Letter): void {
    const { signature, request } = body as { signature?: string; request?: { signature?: string } }
    const own = signature ?? request?.signature
    if (own !== undefined) this.signatures.add(own)
    if (this.#types[type] === 'Status') this.statuses += 1
    else {
      this.messages += 1
      this.bytes += JSON.stringify(body).length
    }
  }

  override stepped({ input, node, effects }: StepSeen): void {
    if (input.kind === 'message') this.checked += JSON.stringify(input.message).split('"signature"').length - 1
    if (input.kind === 'request') this.checked += 1
    if (node === 'n1') for (const effect of effects) if (effect.kind === 'note' && effect.note === 'execute') this.decisions += 1
  }
}

for (const clients of [1, 64]) {
  for (const nodes of SIZES) {
    // The lab runs at most 15; only this bench goes further.
    const config = { ...runConfigSchema.parse({ protocol: 'pbft', seed: 1, load: { clients, rate: 0, operations: OPERATIONS } }), nodes }
    const count = new Count([...pbft.messages.map(({ kind }) => kind), 'ClientRequest', 'ClientReply'])
    const run = new Simulation({ protocol: pbft, service: kv, config, sink: count })
    run.run(600_000_000, () => run.operations >= OPERATIONS && run.load === undefined)
    const per = (value: number, of: number) => value / of
    const what = `pbft n=${nodes}, ${clients} client${clients === 1 ? '' : 's'}`
    report({ name: `${what}: messages per decision`, value: per(count.messages, count.decisions), unit: 'messages' })
    report({ name: `${what}: messages per operation`, value: per(count.messages, OPERATIONS), unit: 'messages' })
    report({ name: `${what}: kilobytes per operation`, value: per(count.bytes / 1000, OPERATIONS), unit: 'kB' })
    report({ name: `${what}: signatures made per operation`, value: per(count.signatures.size, OPERATIONS), unit: 'signatures' })
    report({ name: `${what}: signatures checked per operation`, value: per(count.checked, OPERATIONS), unit: 'signatures' })
  }
}
