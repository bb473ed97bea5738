/**
 * Scripts for the stage: a text file of commands, each followed by `----` and what then happened, up to an empty line.
 * `UPDATE_TRACES=1` writes what happened into the file; the difference is reviewed like code. Lines with # are comments.
 *
 *     disk n1 1 1 4             before `cluster`: n1 has persisted a log of no-ops with these terms, and the last term
 *     cluster 3 maxEntries=1    three servers come up, with options
 *     timer n1 election         a timer runs out
 *     deliver n1 n2 [Kind]      the oldest message in flight from n1 to n2 (of this kind) arrives
 *     drop n1 n2 [Kind]         it never will; `drop n1 n2 all` drops every one,
 *                               `drop all` everything that is in flight
 *     settle [n1 n2 ...]        everything in flight (among these) arrives, until nothing is
 *     crash n1, start n1        the process ends; it comes up from its disk
 *     register n1               a client asks for a session
 *     command n1 5 1 put x 1    session 5 sends its command number 1
 *     query n1 get x            a client reads
 *     inject n1 n2 {...}        n2 receives this message as if from n1
 *     show                      every server's role, term, commit index and log
 */
import type { Effect } from '../../protocols/core/effect.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { AnyMessage, AnyProtocol } from '../../protocols/core/machine.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import { Stage } from './stage.ts'

export interface Block {
  readonly comments: readonly string[]
  readonly command: string
  readonly output: readonly string[]
}

export function readScript(text: string): Block[] {
  const blocks: Block[] = []
  for (const part of text.split(/\n\s*\n/)) {
    const lines = part.split('\n').filter((line) => line.trim() !== '')
    const comments = lines.filter((line) => line.startsWith('#'))
    const rest = lines.filter((line) => !line.startsWith('#'))
    const [command, , ...output] = rest
    if (command !== undefined || comments.length > 0) blocks.push({ comments, command: command ?? '', output })
  }
  return blocks
}

export function writeScript(blocks: readonly Block[]): string {
  const texts = blocks.map(({ comments, command, output }) => {
    if (command === '') return comments.join('\n')
    return [...comments, command, '----', ...output].join('\n')
  })
  return `${texts.join('\n\n')}\n`
}

/** Runs the commands of one script in order; `run` returns what happened, a line each. */
export class ScriptRunner {
  readonly #definition: AnyProtocol
  readonly #service: AnyService
  readonly #disks: { [node: string]: Json[] } = {}
  #stage: Stage<unknown, AnyMessage> | undefined
  #lines: string[] = []

  constructor(definition: AnyProtocol, service: AnyService) {
    this.#definition = definition
    this.#service = service
  }

  run(command: string): string[] {
    this.#lines = []
    const before = this.#shown()
    this.#carryOut(command)
    for (const [node, shown] of this.#shown()) if (before.get(node) !== shown) this.#lines.push(`${node}: ${shown}`)
    for (const { invariant, text } of this.#stage?.observer.violations ?? []) this.#lines.push(`VIOLATED ${invariant}: ${text}`)
    return this.#lines
  }

  #carryOut(command: string): void {
    const [verb = '', ...words] = command.split(/\s+/)
    const [first = '', second = '', third] = words
    switch (verb) {
      case 'disk': {
        const entries = words.slice(1).map((term) => ({ term: Number(term), kind: 'noop' }))
        this.#disks[first] = [
          { term: entries.at(-1)?.term ?? 0, vote: null },
          { from: 1, entries },
        ]
        return
      }
      case 'cluster':
        return this.#cluster(Number(first), words.slice(1))
      case 'timer':
        return this.#open().timer(first, second)
      case 'deliver':
        return this.#moved('delivers', this.#open().deliver(fits(first, second, third)))
      case 'drop':
        if (first === 'all') return void this.#lines.push(`loses ${this.#open().dropAll()}`)
        if (third === 'all') return void this.#lines.push(`loses ${this.#open().dropAll({ from: first, to: second })}`)
        return this.#moved('loses', this.#open().drop(fits(first, second, third)))
      case 'settle':
        return this.#open().settle(words.length > 0 ? words : undefined)
      case 'crash':
        return this.#open().crash(first)
      case 'start':
        return this.#open().start(first)
      case 'register':
        return void this.#open().request(first, { kind: 'register' })
      case 'command':
        return void this.#open().request(first, {
          kind: 'command',
          session: Number(second),
          seq: Number(third),
          firstUnacked: Number(third),
          op: this.#operation(words.slice(3)),
        })
      case 'query':
        return void this.#open().request(first, { kind: 'query', op: this.#operation(words.slice(1)) })
      case 'inject':
        return this.#open().inject(second, first, JSON.parse(words.slice(2).join(' ')) as AnyMessage)
      case 'show':
        return this.#show()
      default:
        throw new Error(`${verb} is no command of a trace: see test/support/script.ts`)
    }
  }

  #cluster(nodes: number, settings: readonly string[]): void {
    const options = Object.fromEntries(
      settings.map((setting) => {
        const [name, value] = setting.split('=')
        return [name, value === 'true' || (value !== 'false' && Number(value))]
      }),
    )
    this.#stage = new Stage(this.#definition, this.#service, { nodes, options, disks: this.#disks })
    this.#stage.onEffect = (node, effect) => this.#effect(node, effect)
  }

  #open(): Stage<unknown, AnyMessage> {
    if (!this.#stage) throw new Error('the script has no cluster yet')
    return this.#stage
  }

  #operation(words: readonly string[]): Json {
    const parsed = this.#service.parse(words.join(' '))
    if ('error' in parsed) throw new Error(parsed.error)
    return parsed.op
  }

  #effect(node: NodeId, effect: Effect<AnyMessage>): void {
    switch (effect.kind) {
      case 'persist':
        return void this.#lines.push(`${node} writes ${JSON.stringify(effect.record)}`)
      case 'send': {
        const line = `${this.#message(effect.message)}`
        // One line for one message to several servers.
        const last = this.#lines.at(-1)
        const same = last?.match(/^(\S+ ->(?: n\d+)+) (.*)$/)
        if (same?.[1]?.startsWith(`${node} ->`) && same[2] === line) this.#lines[this.#lines.length - 1] = `${same[1]} ${effect.to} ${line}`
        else this.#lines.push(`${node} -> ${effect.to} ${line}`)
        return
      }
      case 'reply':
        return void this.#lines.push(`${node} answers ${effect.id}: ${JSON.stringify(effect.outcome)}`)
      case 'note':
        return void this.#lines.push(`${node} notes ${effect.note} ${JSON.stringify(effect.data)}`)
      case 'setTimer':
      case 'cancelTimer':
        return void this.#lines.push(`${node} ${effect.kind === 'setTimer' ? 'sets' : 'cancels'} ${effect.name}`)
      default:
        return effect satisfies never
    }
  }

  #message(message: AnyMessage): string {
    const summary = this.#definition.messages.find(({ kind }) => kind === message.kind)?.summary?.(message)
    return summary === undefined ? message.kind : `${message.kind}: ${summary}`
  }

  #moved(how: string, flight: { from: string; to: string; message: AnyMessage }): void {
    this.#lines.unshift(`${how} ${flight.from} -> ${flight.to} ${this.#message(flight.message)}`)
  }

  #shown(): Map<NodeId, string> {
    const shown = new Map<NodeId, string>()
    for (const node of this.#stage?.nodes ?? []) {
      if (!this.#stage?.isUp(node)) shown.set(node, 'down')
      else {
        const { role, epoch, leader, facts } = this.#definition.observe(this.#stage.state(node))
        const rest = Object.entries(facts).flatMap(([name, value]) => (value === null ? [] : [` ${name}=${value}`]))
        shown.set(node, `${role} ${this.#definition.epochName}=${epoch} leader=${leader ?? 'none'}${rest.join('')}`)
      }
    }
    return shown
  }

  #show(): void {
    for (const node of this.#open().nodes) {
      if (!this.#open().isUp(node)) continue
      const state = this.#definition.encode(this.#open().state(node)) as { log?: { [index: string]: { term: number } }; service?: Json }
      const terms = Object.values(state.log ?? {}).map(({ term }) => term)
      this.#lines.push(`${node} log terms: ${terms.join(' ') || '(empty)'}; service ${JSON.stringify(state.service)}`)
    }
  }
}

const fits = (from: string, to: string, kind: string | undefined) => ({ from, to, ...(kind === undefined ? {} : { kind }) })
