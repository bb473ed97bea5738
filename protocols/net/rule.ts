/**
 * Whether a fault touches a message: by type, by fields of its body, by how many matched before, by chance. Counts are
 * kept per fault and link. The order is fixed: a message must match in type and fields, the first `skip` matches are
 * left alone, then each is touched with `probability` until `count` were touched.
 */
import type { FieldTest, Rule } from '../core/fault.ts'
import type { Json } from '../core/json.ts'
import { Purpose } from '../core/prng.ts'
import type { Dice } from './journey.ts'

/** A message on its way, as far as rules look at it. `body` is asked for only when a rule tests fields. */
export interface Passenger {
  readonly type: string
  /** Undefined when the bytes are not JSON. */
  body(): Json | undefined
}

/** How far a rule on a link has counted. */
export interface RuleCounts {
  readonly matched: number
  readonly touched: number
}

/** One rule on one link. */
export class RuleOnLink {
  readonly #rule: Rule
  readonly #types: ReadonlySet<string> | undefined
  #matched: number
  #touched: number

  constructor(rule: Rule = {}, counts: RuleCounts = { matched: 0, touched: 0 }) {
    this.#rule = rule
    this.#types = rule.types && new Set(rule.types)
    this.#matched = counts.matched
    this.#touched = counts.touched
  }

  get counts(): RuleCounts {
    return { matched: this.#matched, touched: this.#touched }
  }

  touches(message: Passenger, dice: Dice): boolean {
    const { where, skip = 0, count, probability } = this.#rule
    if (count !== undefined && this.#touched >= count) return false
    if (this.#types && !this.#types.has(message.type)) return false
    if (where && !where.every((test) => holds(test, message.body()))) return false
    this.#matched += 1
    if (this.#matched <= skip) return false
    if (probability !== undefined && dice.throw(Purpose.rule) >= probability) return false
    this.#touched += 1
    return true
  }
}

/** Does the test hold for this body? What is not there equals nothing, so only `!=` holds for it. */
export function holds(test: FieldTest, body: Json | undefined): boolean {
  const found = field(body, test.path)
  const { value } = test
  switch (test.is) {
    case '=':
      return found === value
    case '!=':
      return found !== value
    case '<':
    case '<=':
    case '>':
    case '>=':
      return isOrdered(found, test.is, value)
    case 'contains':
      if (typeof found === 'string') return typeof value === 'string' && found.includes(value)
      return Array.isArray(found) && found.includes(value)
    default:
      return test.is satisfies never
  }
}

/** Only numbers with numbers and texts with texts: "5" is neither above nor below 4. */
function isOrdered(a: Json | undefined, is: '<' | '<=' | '>' | '>=', b: Json): boolean {
  if (!((typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string'))) return false
  if (a === b) return is === '<=' || is === '>='
  return a < b ? is === '<' || is === '<=' : is === '>' || is === '>='
}

/** Follows dots into objects and lists: `entries.0.term`; a list also has its `length`. */
export function field(body: Json | undefined, path: string): Json | undefined {
  let at: Json | undefined = body
  for (const key of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as { readonly [key: string]: Json })[key]
  }
  return at
}
