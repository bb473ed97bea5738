/**
 * The events of the open run, cached by pages: whoever needs an event by its number asks here, and what is missing is
 * fetched. Read `version` (or call `get` in a template) to be told when more has come.
 */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Response } from '../../main/contract/commands.ts'
import type { RunEvent, SendEvent } from '../../protocols/core/event.ts'
import type { MessageId, RunId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import { EventPages, PAGE } from '../model/pages.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'

export const useEvents = defineStore('events', () => {
  const lab = useLab()
  const notices = useNotices()
  const pages = new EventPages()
  const fetching = new Map<number, Promise<void>>()
  let run: RunId | undefined
  let last = 0

  /** Grows with every change of the cache. */
  const version = shallowRef(0)

  function reset(next: RunId | undefined, lastSeq: number): void {
    run = next
    last = lastSeq
    pages.clear()
    fetching.clear()
    version.value++
  }

  /** New events of the live end. */
  function take(events: readonly RunEvent[], lastSeq: number): void {
    last = Math.max(last, lastSeq)
    if (events.length === 0) return
    pages.put(events)
    version.value++
  }

  /** The event of that number, when it is here; never fetches. Reactive. */
  function get(seq: number): RunEvent | undefined {
    version.value // read, so that callers are called again when more has come
    return pages.get(seq)
  }

  /** The same without being told of changes: for loops that run every frame. */
  const peek = (seq: number): RunEvent | undefined => pages.get(seq)

  /** The send of a message, when it is here; deliveries and steps name only the message. Not reactive. */
  const sendOf = (message: MessageId): SendEvent | undefined => pages.sendOf(message)

  /** What was asked in an operation, when that is here. Not reactive. */
  const opOf = (operation: number): Json | undefined => pages.opOf(operation)

  /** Fetches what is missing of `from`..`to`, both included; resolves when it is all here. */
  async function ensure(from: number, to: number): Promise<void> {
    const waits: Promise<void>[] = []
    const first = Math.max(1, from)
    const end = Math.min(to, last)
    for (let page = pageOf(first); page <= pageOf(end) && first <= end; page++) {
      if (pages.has(page, end)) continue
      let wait = fetching.get(page)
      if (!wait) {
        wait = fetchPage(page).finally(() => fetching.delete(page))
        fetching.set(page, wait)
      }
      waits.push(wait)
    }
    await Promise.all(waits)
  }

  async function fetchPage(page: number): Promise<void> {
    const asked = run
    if (asked === undefined) return
    try {
      const { events } = await lab.call('run.events', { run: asked, from: page * PAGE + 1, limit: PAGE })
      if (run !== asked) return
      pages.put(events)
      version.value++
    } catch (error) {
      if (run === asked) notices.fail(error)
    }
  }

  /** Fetches one event by its number. */
  async function fetch(seq: number): Promise<RunEvent | undefined> {
    await ensure(seq, seq)
    return pages.get(seq)
  }

  /** Fetches single events with the sends of their messages, where they are not here yet: those of a query lie far apart. */
  async function pick(seqs: readonly number[]): Promise<void> {
    const asked = run
    const missing = seqs.filter((seq) => pages.get(seq) === undefined)
    if (asked === undefined || missing.length === 0) return
    const { events, sends } = await lab.call('run.pick', { run: asked, seqs: missing })
    if (run !== asked) return
    pages.putLoose([...sends, ...events])
    version.value++
  }

  /** A read of what passes a query, not cached, events in the order of `direction`. */
  async function read(
    where: string,
    from: number,
    limit: number,
    direction: 'forward' | 'backward' = 'forward',
  ): Promise<Response<'run.events'>> {
    if (run === undefined) return { events: [], next: undefined, scanned: 0 }
    return await lab.call('run.events', { run, from, limit, direction, where })
  }

  return { version, reset, take, get, peek, sendOf, opOf, ensure, fetch, pick, read }
})

const pageOf = (seq: number): number => Math.floor((seq - 1) / PAGE)
