/**
 * Reads a scenario's text. Whatever is wrong with it is said with the file, line and column of the very key or value:
 * zod names a path, the YAML tree knows where that path stands.
 */
import { type Document, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, stringify } from 'yaml'
import type { z } from 'zod'
import { LabError } from '../contract/errors.ts'
import { wrongBeside } from './beside.ts'
import { type PlacedStep, type Scenario, type Step, type StepKind, scenarioSchema, stepKinds, stepSchemas } from './format.ts'
import { wrongVariations } from './vary.ts'

type Path = readonly PropertyKey[]
const HINT = 'The scenario format is described in main/scenario/README.md.'

/** Rejects (`bad-scenario`) with one line `file:line:column: what is wrong` for each mistake. */
export function parseScenario(text: string, fileName = 'scenario'): Scenario {
  return new ScenarioReader(text, fileName).read()
}

class ScenarioReader {
  readonly #lines = new LineCounter()
  readonly #document: Document
  readonly #text: string
  readonly #fileName: string
  readonly #problems: { offset: number; text: string }[] = []

  constructor(text: string, fileName: string) {
    this.#text = text
    this.#fileName = fileName
    // prettyErrors would add an excerpt to the message; we say the place ourselves
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, version: '1.2', uniqueKeys: true })
  }

  read(): Scenario {
    for (const error of this.#document.errors) this.#problems.push({ offset: error.pos[0], text: error.message })
    this.#stopIfWrong()
    const value: unknown = this.#toValue()
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#problem([], 'a scenario is a map with the keys name, run, steps, expect')
    }
    this.#stopIfWrong()
    const whole = scenarioSchema.safeParse(value)
    if (!whole.success) this.#issues(whole.error.issues, [])
    else if (whole.data.vary) this.#issues([...wrongVariations(whole.data.run, whole.data.vary)], ['vary'])
    if (whole.success && whole.data.beside) this.#issues(wrongBeside(whole.data.run, whole.data.beside), ['beside'])
    const written = (value as { steps?: unknown }).steps
    const steps = Array.isArray(written) ? written.map((step, index) => this.#step(step, index)) : []
    this.#checkLabels(steps)
    this.#stopIfWrong()
    if (!whole.success) throw new LabError('bad-scenario', `${this.#fileName} is not a scenario.`, HINT)
    return { ...whole.data, steps: steps.filter((step) => step !== undefined) }
  }

  #toValue(): unknown {
    try {
      return this.#document.toJS({ maxAliasCount: 100 })
    } catch (error) {
      throw new LabError('bad-scenario', `${this.#fileName}:1:1: ${(error as Error).message}`, HINT)
    }
  }

  #step(written: unknown, index: number): PlacedStep | undefined {
    const path = ['steps', index]
    const { line, col: column } = this.#lines.linePos(this.#offset(path))
    // `- heal` alone is a word, not a map
    const value: unknown = written === 'heal' ? { heal: true } : written
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#problem(path, `a step is a map with one of the keys ${stepKinds.join(', ')}`)
      return undefined
    }
    const kinds = Object.keys(value).filter((key): key is StepKind => Object.hasOwn(stepSchemas, key))
    const [kind, second] = kinds
    if (kind === undefined) {
      const key = Object.keys(value)[0]
      this.#problem(
        key === undefined ? path : [...path, key],
        `${key === undefined ? 'an empty step' : `"${key}"`} is no step: one of ${stepKinds.join(', ')} is meant`,
        true,
      )
      return undefined
    }
    if (second !== undefined) {
      this.#problem([...path, second], `a step does one thing, this one has both "${kind}" and "${second}"`, true)
      return undefined
    }
    const parsed = stepSchemas[kind].safeParse(value)
    if (!parsed.success) {
      this.#issues(parsed.error.issues, path)
      return undefined
    }
    return { step: { do: kind, ...parsed.data } as Step, line, column, text: describe(kind, written) }
  }

  /** A name must have been given by an earlier step, and to the sort of thing that this step needs. */
  #checkLabels(steps: readonly (PlacedStep | undefined)[]): void {
    const nodes = new Set<string>()
    const faults = new Set<string>()
    steps.forEach((placed, index) => {
      if (!placed) return
      const { step } = placed
      for (const { word, path } of nodeWords(step)) {
        if (/^(n[1-9][0-9]*|leader|follower|rest|clients)$/.test(word) || nodes.has(word)) continue
        this.#problem(
          ['steps', index, ...path],
          `no earlier step gave the name "${word}"; a node is n1, n2, ..., leader, follower, or a name given with "as"`,
        )
      }
      const fault = step.do === 'lift' ? step.lift : step.do === 'release' ? step.release : undefined
      if (fault !== undefined && !faults.has(fault)) {
        this.#problem(['steps', index, step.do], `no earlier step armed a fault with "as: ${fault}"`)
      }
      if ('as' in step && step.as !== undefined) (step.do === 'arm' || step.do === 'partition' ? faults : nodes).add(step.as)
    })
  }

  #issues(issues: readonly z.core.$ZodIssue[], base: Path): void {
    for (const issue of issues) {
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys) this.#problem([...base, ...issue.path, key], `unknown key "${key}"`, true)
      } else if (issue.code === 'invalid_union' && issue.errors.length > 0) {
        this.#issues(closest(issue.errors), [...base, ...issue.path])
      } else {
        this.#problem([...base, ...issue.path], plain(issue))
      }
    }
  }

  #problem(path: Path, text: string, atKey = false): void {
    const name = path.reduce<string>(
      (all, key) => (typeof key === 'number' ? `${all}[${key}]` : all === '' ? String(key) : `${all}.${String(key)}`),
      '',
    )
    this.#problems.push({ offset: this.#offset(path, atKey), text: name === '' || atKey ? text : `${name}: ${text}` })
  }

  /** Where a path stands; the nearest ancestor that is written when it is not there itself. */
  #offset(path: Path, atKey = false): number {
    let node: unknown = this.#document.contents
    let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
    for (const [depth, key] of path.entries()) {
      const last = depth === path.length - 1
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
        if (!isPair(pair)) break
        const keyOffset = isNode(pair.key) ? pair.key.range?.[0] : undefined
        if ((last && atKey) || !isNode(pair.value) || pair.value.range === undefined) return keyOffset ?? offset
        node = pair.value
      } else if (isSeq(node)) {
        node = node.items[Number(key)]
      } else break
      if (!isNode(node)) break
      offset = node.range?.[0] ?? offset
    }
    return offset
  }

  #stopIfWrong(): void {
    if (this.#problems.length === 0) return
    const sorted = this.#problems.toSorted((a, b) => a.offset - b.offset)
    const lines = sorted.map(({ offset, text }) => {
      const { line, col } = this.#lines.linePos(Math.min(offset, this.#text.length))
      return `${this.#fileName}:${line}:${col}: ${text}`
    })
    throw new LabError('bad-scenario', [...new Set(lines)].slice(0, 20).join('\n'), HINT)
  }
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'range' in value

/** Of a union's answers, the one that got furthest into the value: what the writer most likely meant. */
function closest(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const depth = (issues: readonly z.core.$ZodIssue[]) =>
    Math.max(...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)))
  const mismatches = (issues: readonly z.core.$ZodIssue[]) => issues.filter((issue) => issue.code === 'invalid_type').length
  return branches.toSorted((a, b) => depth(b) - depth(a) || mismatches(a) - mismatches(b) || a.length - b.length)[0] ?? []
}

function plain(issue: z.core.$ZodIssue): string {
  return issue.message.replace(/^Invalid input: /, '').replace(/^Invalid option: /, '')
}

/** The words of a step that stand for nodes, and where they are. */
function nodeWords(step: Step): { word: string; path: Path }[] {
  switch (step.do) {
    case 'crash':
      return [{ word: step.crash, path: ['crash'] }]
    case 'restart':
      return [{ word: step.restart, path: ['restart'] }]
    case 'pause':
      return [{ word: step.pause, path: ['pause'] }]
    case 'resume':
      return [{ word: step.resume, path: ['resume'] }]
    case 'wipe':
      return [{ word: step.wipe, path: ['wipe'] }]
    case 'add':
      return [{ word: step.add, path: ['add'] }]
    case 'remove':
      return [{ word: step.remove, path: ['remove'] }]
    case 'tell':
      return [{ word: step.tell, path: ['tell'] }]
    case 'clock':
      return [{ word: step.clock, path: ['clock'] }]
    case 'disk':
      return [{ word: step.disk, path: ['disk'] }]
    case 'ask':
      return step.of === undefined ? [] : [{ word: step.of, path: ['of'] }]
    case 'partition':
      return words(step.partition, ['partition'])
    case 'arm':
      return words(step.arm.target, ['arm', 'target'])
    case 'wait':
      return typeof step.wait === 'object' && 'fact' in step.wait && step.wait.of !== undefined
        ? [{ word: step.wait.of, path: ['wait', 'of'] }]
        : []
    default:
      return []
  }
}

function words(value: unknown, path: Path): { word: string; path: Path }[] {
  if (typeof value === 'string') return [{ word: value, path }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => words(item, [...path, Array.isArray(value) ? Number(key) : key]))
}

/** "crash leader as old", "tell n1, control lie, with { lies: [ ... ] }": as it is written, without its times and what is expected of it. */
function describe(kind: StepKind, written: unknown): string {
  if (kind === 'heal') return 'heal'
  const { [kind]: value, as, expect, withinMs, atMs, ...rest } = written as { readonly [key: string]: unknown }
  const more = Object.entries(rest).map(([key, part]) => `, ${key} ${flow(part)}`)
  return `${kind} ${flow(value)}${more.join('')}${as === undefined ? '' : ` as ${String(as)}`}`
}

const flow = (value: unknown): string =>
  typeof value === 'string' ? value : stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()
