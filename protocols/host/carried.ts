/** What must be true of a run: the protocol's own invariants, and those of the service that it carries. */
import type { Invariant, JudgedStep } from '../core/invariant.ts'
import type { AnyProtocol } from '../core/machine.ts'
import type { AnyService, ServiceInvariant } from '../core/service.ts'

export type AnyInvariant = Invariant<unknown, unknown>

export function invariantsOf(protocol: AnyProtocol, service: AnyService | undefined): readonly AnyInvariant[] {
  const { carried, invariants } = protocol
  if (!carried || !service?.invariants) return invariants
  return [...invariants, ...service.invariants.map((invariant) => onEveryNode(invariant, carried))]
}

const onEveryNode = ({ judge, ...words }: ServiceInvariant<unknown>, carried: (state: unknown) => unknown): AnyInvariant => ({
  ...words,
  judge: () => ({
    judge({ before, after }: JudgedStep<unknown, unknown>) {
      const was = before === undefined ? undefined : carried(before)
      const is = carried(after)
      return was === undefined || is === undefined || was === is ? undefined : judge(was, is)
    },
  }),
})
