/** A lab of a test's own over real processes: its data in a folder that goes when the test is done, and waiting for what the recording shows. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Command, Request, Response } from '../../../main/contract/commands.ts'
import type { Change } from '../../../main/contract/stream.ts'
import { createLab, type Lab, type LabConnection } from '../../../main/lab.ts'
import type { LabOptions } from '../../../main/labApi.ts'
import { leaderOf } from '../../../main/scenario/resolve.ts'
import { RunView } from '../../../main/scenario/view.ts'
import type { RunConfigInput } from '../../../protocols/core/config.ts'
import type { RunEvent } from '../../../protocols/core/event.ts'
import type { NodeId, RunId } from '../../../protocols/core/ids.ts'
import type { Moment } from '../../../protocols/core/moment.ts'

export interface TestLab {
  readonly dataFolder: string
  readonly lab: Lab
  readonly connection: LabConnection
  readonly troubles: string[]
  call<C extends Command>(command: C, request: Request<C>): Promise<Response<C>>
  start(config: RunConfigInput): Promise<TestRun>
  /** A run that is live. */
  follow(run: RunId): Promise<TestRun>
  /** Closes the lab and opens it again on the same folder. */
  reopen(): Promise<void>
  close(): Promise<void>
}

export interface TestRun {
  readonly run: RunId
  readonly view: RunView
  readonly changes: Change[]
  /** Until the recording shows it; on time-out the error carries the tail of the log. */
  until<T>(what: string, look: (moment: Moment) => T | undefined | false | Promise<T | undefined | false>, limitMs?: number): Promise<T>
  untilLeader(otherThan?: NodeId): Promise<NodeId>
  events(types?: string[]): Promise<RunEvent[]>
}

export async function openLab(
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-lab-')),
  host: LabOptions['host'] = 'cli',
): Promise<TestLab> {
  const troubles: string[] = []
  const options = { dataFolder: folder, host, onTrouble: (text: string) => void troubles.push(text) }
  const changes: Change[] = []
  let lab = await createLab(options)
  const connect = () => lab.connect({ change: (change) => void changes.push(change) })
  let connection = connect()
  const call = <C extends Command>(command: C, request: Request<C>) => connection.call(command, request)
  const opened: TestLab = {
    dataFolder: folder,
    troubles,
    get lab() {
      return lab
    },
    get connection() {
      return connection
    },
    call,
    async start(config) {
      const { run } = await call('runs.start', { config })
      return await opened.follow(run)
    },
    async follow(run) {
      const view = new RunView(connection, run)
      await view.open()
      return testRun(opened, run, view, changes)
    },
    async reopen() {
      await lab.close()
      lab = await createLab(options)
      connection = connect()
    },
    async close() {
      await lab.close()
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
  return opened
}

function testRun(lab: TestLab, run: RunId, view: RunView, changes: Change[]): TestRun {
  const until: TestRun['until'] = async (what, look, limitMs = 90_000) => {
    try {
      return await view.until(() => look(view.moment), { atMs: performance.now() + limitMs, whole: false })
    } catch (error) {
      throw new Error(`${what} did not come: ${(error as Error).message}\n${await tail(lab, run)}`)
    }
  }
  return {
    run,
    view,
    changes,
    until,
    untilLeader: (otherThan) =>
      until(`a leader${otherThan === undefined ? '' : ` other than ${otherThan}`}`, (moment) => {
        const leader = leaderOf(moment)
        return leader !== otherThan && leader
      }),
    async events(types) {
      const found: RunEvent[] = []
      await view.scan(1, types === undefined ? '' : `kind:${types.join(',')}`, (event) => {
        found.push(event)
        return false
      })
      return found
    },
  }
}

async function tail(lab: TestLab, run: RunId): Promise<string> {
  const { lastSeq } = await lab.call('run.overview', { run })
  const { events } = await lab.call('run.events', { run, from: lastSeq, limit: 40, direction: 'backward' })
  const troubles = lab.troubles.map((text) => `trouble: ${text}`)
  return [...events.map((event) => JSON.stringify(event)).map((line) => line.slice(0, 300)), ...troubles].join('\n')
}
