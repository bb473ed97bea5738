/**
 * What scenarios need that set one exact order of events: what a proposer says to an acceptor is lost or held on purpose, and nobody
 * repeats anything or tries again. There the acceptors are n1 to n3 and the proposers others, so that 1.n4 < 1.n5 < 1.n6 are the
 * first ballots, and each value reaches one proposer only.
 */

/** Nobody repeats, retries or asks by itself. */
export const STILL = 'retransmitMs: 600000, backOffMs: 600000, backOffMsMax: 600000, askMs: 600000'

/** A client that is not answered asks the next node: here its value does not get there. */
export const onlyAt = (of: { readonly [node: string]: string }): string =>
  Object.entries(of)
    .flatMap(([node, value]) =>
      Object.keys(of)
        .filter((other) => other !== node)
        .map(
          (other) =>
            `  - arm: { kind: cut, target: { links: [[clients, ${other}]] }, rule: { types: [ClientRequest], where: [{ path: request.op.value, is: "=", value: ${value} }] } }\n`,
        ),
    )
    .join('')
