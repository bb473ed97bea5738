/** Letters that lay in frames are the letters that they were, and what is on its way has its time, its copies and its gate. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { faultId, messageId } from '../../../protocols/core/ids.ts'
import type { AnyMessage } from '../../../protocols/core/machine.ts'
import type { FlightCut } from '../../../protocols/sim/cut.ts'
import { eachFlight, flightsIn, framedFlights } from '../../../protocols/sim/framed.ts'
import type { Letter } from '../../../protocols/sim/sink.ts'

const small = fc.nat({ max: 200 })
const large = fc.nat({ max: 2 ** 31 })

const letters = fc
  .record({ from: small, to: small, type: small, number: large, life: fc.integer({ min: 1, max: 8191 }), step: large, lamport: large })
  .chain((stamps) =>
    fc
      .record({
        clock: fc.array(large, { maxLength: 9 }).map((entries) => Uint32Array.from(entries)),
        sentAtUs: fc.double({ min: 0, max: 1e12, noNaN: true }),
        // Of any length in bytes, so that frames begin anywhere.
        body: fc.string({ unit: 'grapheme' }).map((text) => ({ kind: 'Any', text }) as AnyMessage),
      })
      .map((rest): Letter => ({ message: messageId(stamps.from, stamps.life, stamps.number), ...stamps, ...rest })),
  )

const flights: fc.Arbitrary<FlightCut[]> = fc.array(
  fc.record({
    letter: letters,
    dueUs: fc.double({ min: 0, max: 1e12, noNaN: true }),
    copies: fc.nat({ max: 3 }),
    held: fc.option(fc.constantFrom(faultId('f1'), faultId('f2'), faultId('f7')), { nil: undefined }),
  }),
)

/** Every stamp by its name: what is read when somebody looks is not there for whoever only counts. */
const told = ({ letter, ...fate }: FlightCut) => {
  const { message, from, to, type, number, life, step, lamport, clock, sentAtUs, body } = letter
  return { ...fate, letter: { message, from, to, type, number, life, step, lamport, clock: [...clock], sentAtUs, body } }
}

test('what is on its way is the same after it has crossed in one buffer', () => {
  fc.assert(
    fc.property(flights, (were) => {
      const framed = structuredClone(framedFlights(were))
      expect(flightsIn(framed).map(told)).toEqual(were.map(told))
      const seen: object[] = []
      let bytes = 0
      eachFlight(framed, (frame, flight) => {
        bytes += frame.length
        seen.push(flight)
      })
      expect(seen).toEqual(were.map(({ letter: { from, to }, ...fate }) => ({ from, to, ...fate })))
      expect(bytes).toBe(framed.frames.length)
    }),
  )
})
