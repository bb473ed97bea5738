/** The lab in a browser: `npm run start:web`, `npx synod serve`. Prints one address, and ends in good order when asked to. */
import { Command, InvalidArgumentError } from 'commander'
import { LabError } from '../../contract/errors.ts'
import { askedToEnd, outliveReaders } from '../../ending.ts'
import { createLab, defaultDataFolder, type Lab } from '../../lab.ts'
import { startWebHost } from './host.ts'
import { openInBrowser } from './open.ts'

interface Options {
  readonly port?: number
  readonly data: string
  readonly open: boolean
  readonly json: boolean
}

const program = new Command('synod serve')
  .description('Serve the lab on a loopback address.')
  .option('--port <number>', 'port on 127.0.0.1; 0 for any that is free (default: 4747, or any when that is in use)', readPort)
  .option('--data <folder>', 'where runs are kept', defaultDataFolder())
  .option('--no-open', 'do not open the default browser')
  .option('--json', 'print the address as JSON', false)
  .showHelpAfterError('(synod serve --help says more)')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
program.parse()
await serve(program.opts<Options>())

async function serve(options: Options): Promise<void> {
  let lab: Lab | undefined
  outliveReaders(process.stdout, process.stderr)
  const asked = askedToEnd(() => process.exit(3))
  try {
    lab = await createLab({ dataFolder: options.data, host: 'web', onTrouble: (text) => console.error(text) })
    const host = await startWebHost({ lab, ...(options.port === undefined ? {} : { port: options.port }) })
    if (options.json)
      console.log(JSON.stringify({ url: host.url, port: host.port, token: host.token, dataFolder: lab.dataFolder, pid: process.pid }))
    else console.log(`Synod is at ${host.url}\nRuns are kept in ${lab.dataFolder}. Ctrl-C ends the lab.`)
    if (options.open) openInBrowser(host.url)
    await asked
    await host.close()
    await lab.close()
    process.exit(0)
  } catch (error) {
    await lab?.close().catch(() => undefined)
    const known = error instanceof LabError ? error : new LabError('internal', String((error as Error)?.message ?? error))
    console.error(`${known.message}${known.hint === undefined ? '' : `\n${known.hint}`}`)
    process.exit(3)
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('a port is a number from 0 to 65535')
  return port
}
