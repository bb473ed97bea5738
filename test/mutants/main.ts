/**
 * `npm run mutants [name | protocol | service ...] [--seeds N] [--jobs N] [--no-shrink] [--json]`: plants each mistake and lets `sim` look for it on the default
 * plan of its protocol (`raft/bad-afternoon`), from seed 1 on, and shrinks what was found. A table of how many seeds it took and how few events show it;
 * exit code 1 when a mistake survives all its seeds.
 */
import { parseArgs } from 'node:util'
import { type Hunted, hunt, SMALL } from './hunt.ts'
import { type Mutant, mutants } from './index.ts'

const SEEDS = 2000

const usage = (why: string): never => {
  console.error(
    `${why}\nUse: npm run mutants -- [name | protocol | service ...] [--seeds 2000] [--jobs 1] [--no-shrink] [--json]\nMutants: ${mutants.map(({ name }) => name).join(', ')}`,
  )
  process.exit(2)
}

function options(): { chosen: readonly Mutant[]; seeds: number; jobs: number; json: boolean; shrinks: boolean } {
  const known = {
    json: { type: 'boolean' },
    seeds: { type: 'string' },
    jobs: { type: 'string' },
    'no-shrink': { type: 'boolean' },
  } as const
  try {
    const { values, positionals } = parseArgs({ options: known, allowPositionals: true })
    const unknown = positionals.find((name) => !mutants.some((mutant) => isMeant(mutant, name)))
    if (unknown !== undefined) usage(`There is no mutant called "${unknown}".`)
    const count = (name: 'seeds' | 'jobs', usual: number): number => {
      const value = Number(values[name] ?? usual)
      return Number.isInteger(value) && value > 0 ? value : usage(`--${name} is a whole number above 0.`)
    }
    const chosen = positionals.length === 0 ? mutants : mutants.filter((mutant) => positionals.some((name) => isMeant(mutant, name)))
    return {
      chosen,
      seeds: count('seeds', SEEDS),
      jobs: count('jobs', 1),
      json: values.json ?? false,
      shrinks: values['no-shrink'] !== true,
    }
  } catch (error) {
    return usage((error as Error).message)
  }
}

function isMeant({ name, protocol, service }: Mutant, word: string): boolean {
  return word === name || word === (service ?? protocol)
}

const { chosen, seeds, jobs, json, shrinks } = options()
const waiting = [...chosen]
const done: Hunted[] = []
async function work(): Promise<void> {
  for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
    const hunted = await hunt(mutant, { seeds, shrinks })
    done.push(hunted)
    for (const trouble of hunted.troubles) console.error(trouble)
    if (json) console.log(JSON.stringify(line(hunted)))
    else
      console.error(
        `${hunted.mutant}: ${hunted.found ? `found by seed ${hunted.seeds}${hunted.shrunk === undefined ? '' : `, shrunk to ${hunted.shrunk} events`}` : `survived ${hunted.tried} seeds`}`,
      )
  }
}
await Promise.all(Array.from({ length: jobs }, work))
if (!json) console.log(table())
process.exitCode = done.every(({ found }) => found) ? 0 : 1

function line({ mutant, seeds, tried, found, shrunk, shrunkBy, shrunkFrom, scenario }: Hunted): object {
  return {
    mutant,
    found: found !== undefined,
    ...(seeds === undefined ? {} : { seeds }),
    tried,
    ...(shrunk === undefined ? {} : { shrunk, shrunkBy, shrunkFrom }),
    ...(found ? { by: kindOf(found), why: found.why } : {}),
    ...(scenario === undefined ? {} : { scenario }),
  }
}

function kindOf({ violated, failure, is }: NonNullable<Hunted['found']>): string {
  return violated ?? failure ?? is
}

/** By what it was found; and the invariant by which the small run shows it, where that is another. */
const howShown = (kind: string, shrunkBy = kind): string =>
  shrunkBy === kind || shrunkBy.includes(': ') ? kind : `${kind}; small: ${shrunkBy}`

/** In Markdown, as it stands in the README. */
function table(): string {
  const rows = chosen.map((mutant) => {
    const { seeds: needed, found, tried, shrunk, shrunkBy } = done.find((hunted) => hunted.mutant === mutant.name) as Hunted
    return [
      mutant.name,
      needed === undefined ? `survived ${tried}` : String(needed),
      shrunk === undefined ? '' : `${shrunk}${shrunk < SMALL ? '' : ' (!)'}`,
      found ? howShown(kindOf(found), shrunkBy) : '',
      mutant.what,
    ]
  })
  return [['mutant', 'seeds', 'events', 'found by', 'the mistake'], ['---', '---:', '---:', '---', '---'], ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}
