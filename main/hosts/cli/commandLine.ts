/** What the command line takes: its commands, their arguments and options, and what each carries out. */
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Command, Option } from 'commander'
import { defaultDataFolder } from '../../lab.ts'
import { VERSION } from '../../labInfo.ts'
import { beside } from './beside.ts'
import { branch, compare } from './branching.ts'
import { changes } from './changes.ts'
import { EXPORTS, exportRun, IMPORTS, importRun } from './exchanging.ts'
import { futures } from './futures.ts'
import { checkHistory, HISTORY_LIMIT_MS, MODELS } from './histories.ts'
import { check, events, list, protocols } from './reading.ts'
import { replay } from './replaying.ts'
import { run } from './running.ts'
import { shrinkRun } from './shrinkRun.ts'
import { sim } from './simulating.ts'
import { carryOut, Exit, readCount, readPlace, readRange } from './terminal.ts'

const JSON_OPTION = ['--json', 'print the result as JSON', false] as const
const RUN_ARGUMENT = ['<run>', 'its id, the beginning of it, its name, or the path of a .synod file'] as const

const QUERY_HELP = `
A query is made of tests and words; all must hold, and "or", "not" and parentheses join them otherwise:
  node:n2  from:n1  to:n3  type:AppendEntries  kind:drop  fault:f1  client:c1  op:put  note:becomeLeader
  seq:100..200  at>+1.5s  lamport<=40  term>3  body.prevLogIndex=4  fact.commitIndex>=5  "any text"
All of it stands in protocols/query/README.md.`

const BESIDE_HELP = `
Counted are messages and bytes for each operation, message delays (the longest chain of messages from asking to answer, one after the other), and after each crash
how long it took until somebody was served again. Where nobody leads, \`leader\` in the script stands for the first node that runs.`

/** The program whose commands these are; its caller has it parse the words it was called with. */
export function commandLine(): Command {
  const program = new Command('synod')
    .description('A lab for distributed consensus: real processes, real faults, every message recorded and replayed.')
    .version(VERSION)
    .showHelpAfterError('(synod --help says more)')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? Exit.good : Exit.usage))
    .addHelpText('after', '\nExit codes: 0 good, 1 a verdict against the run, 2 wrong usage, 3 the lab itself failed.')

  const sub = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .showHelpAfterError(`(synod ${name} --help says more)`)
      .option(...JSON_OPTION)
      .option('--data <folder>', 'where runs are kept', defaultDataFolder())
      .exitOverride((error) => process.exit(error.exitCode === 0 ? Exit.good : Exit.usage))

  sub('run', 'Carry out a scenario without a window and print its verdict. The run is kept in the library.')
    .argument('<scenario>', "a scenario file, or one of a protocol's own: raft/leader-crash")
    .option('--seed <number>', "the run's seed, in place of the scenario's", readCount)
    .option('--name <name>', "the run's name, in place of the scenario's")
    .action((scenario, options) => carryOut(options, () => run(scenario, options)))

  sub('sim', 'Carry out a scenario in simulated time, recorded like a real run; or over many seeds, each judged, with a table at the end.')
    .argument('<scenario>', "a scenario file, or one of a protocol's own: raft/bad-afternoon")
    .option('--seed <number>', "the run's seed, in place of the scenario's", readCount)
    .option('--seeds <first..last>', 'simulate it under each of these seeds; results are kept, runs are not', readRange)
    .option('--jobs <count>', 'worker threads for --seeds', readCount, 1)
    .option('--resume', 'go on with a sweep that was interrupted: seeds that are done already are not simulated again')
    .option(
      '--shrink',
      'when the seed fails, look for the smallest scenario that fails the same way; --seeds does so for each sort of failure',
    )
    .option('--no-shrink', 'leave failing seeds as they are')
    .option('--name <name>', "the run's name, in place of the scenario's")
    .action((scenario, options) => carryOut(options, () => sim(scenario, options)))

  sub('list', 'List the runs of the library, newest first.').action((options) => carryOut(options, () => list(options)))

  sub('protocols', 'List the protocols of the lab with their options and scenarios.').action((options) =>
    carryOut(options, () => protocols(options)),
  )

  sub('replay', 'Show every node as it was at one event of a recorded run.')
    .argument(...RUN_ARGUMENT)
    .option('--at <event>', 'the number of the event (default: the last)', readCount)
    .option('--node <node>', 'only this node')
    .action((name, options) => carryOut(options, () => replay(name, options)))

  sub('events', 'Print the events of a recorded run as NDJSON, one event a line.')
    .argument(...RUN_ARGUMENT)
    .option('--from <event>', 'begin with this event', readCount, 1)
    .option('--limit <count>', 'print at most so many', readCount)
    .option(
      '--where <query>',
      'only those that pass: "node:n2 type:AppendEntries term>3", "kind:drop fault:f1", \'note:becomeLeader or "put x"\'',
    )
    .action((name, options) => carryOut(options, () => events(name, options)))
    .addHelpText('after', QUERY_HELP)

  sub('export', 'Write a run as a file for others: the run file itself, every event, a log for ShiViz, or what clients asked and heard.')
    .argument(...RUN_ARGUMENT)
    .argument('[file]', 'where to; - or nothing: standard output')
    .requiredOption('--as <format>', EXPORTS.join(', '))
    .action((name, file, options) => carryOut(options, () => exportRun(name, file, options)))

  sub('import', 'Take a run into the library: a run file, NDJSON, or a ShiViz log; what it is, is told from what is in it.')
    .argument('<file>')
    .option('--as <format>', `in place of what it looks like: ${IMPORTS.join(', ')}`)
    .option('--name <name>', "the run's name, in place of the file's")
    .action((file, options) => carryOut(options, () => importRun(file, options)))

  sub('futures', 'Say when something in a run became inevitable: how likely it was in other, simulated futures from moments before it.')
    .argument(...RUN_ARGUMENT)
    .option('--at <event>', 'what happened at this event (default: the first violation)', readCount)
    .option('--of <mark>', 'what happened at the first mark of this kind, or whose text contains this: leader, "n3 leads"')
    .option('--moments <count>', 'look at so many moments at most', readCount, 24)
    .option('--futures <count>', 'simulate so many futures from each', readCount, 200)
    .option('--within <ms>', 'count what happens up to so long after the event, run time', readCount, 2000)
    .option('--jobs <count>', 'worker threads', readCount, 1)
    .option('--keep <event[:seed]>', 'keep one of the futures from the moment nearest to this event as a run', readPlace)
    .action((name, options) => carryOut(options, () => futures(name, options)))

  sub('branch', 'Go on from any event of a run as a new run, live, for a while: in simulated time or on real processes.')
    .argument(...RUN_ARGUMENT)
    .requiredOption('--at <event>', 'the event right after which it goes on', readCount)
    .addOption(new Option('--mode <mode>', 'in what (default: as the run itself)').choices(['simulation', 'processes']))
    .option('--heal', 'first lift every fault, resume and restart every node')
    .option('--seed <number>', 'draw chance anew from there; else the dice stay those of the run', readCount)
    .option('--name <name>', "the new run's name")
    .option('--for <ms>', 'how long it goes on; Ctrl-C ends it before', readCount, 5000)
    .action((name, options) => carryOut(options, () => branch(name, options)))

  sub('compare', 'Say where two runs part, if they are of one protocol, and what came of each: leaders, decisions, latencies, costs.')
    .argument('<a>', RUN_ARGUMENT[1])
    .argument('<b>', RUN_ARGUMENT[1])
    .action((a, b, options) => carryOut(options, () => compare(a, b, options)))

  sub(
    'beside',
    'Carry one scenario out twice, under the same seed, load and faults: as it is, and with another protocol or other settings; then say what their operations cost.',
  )
    .argument('<scenario>', 'a file, or protocol/name')
    .option(
      '--with <settings...>',
      'what is otherwise in the second, as in `run`: protocol=dynamo service=store options.n=3 (default: the scenario’s own `beside`)',
    )
    .option('--processes', 'on real processes, one after the other, in place of simulated time')
    .option('--seed <number>', "in place of the scenario's own", readCount)
    .addHelpText('after', BESIDE_HELP)
    .action((scenario, options) => carryOut(options, () => beside(scenario, options)))

  sub(
    'shrink',
    'Make the smallest scenario of a failing run that fails the same way: by running it again on real processes, with the rate at which it fails, or by simulation.',
  )
    .argument(...RUN_ARGUMENT)
    .option('--times <count>', 'attempts on real processes for each rate that is stated', readCount, 10)
    .action((name, options) => carryOut(options, () => shrinkRun(name, options)))

  sub('changes', 'When did a field of a node change? Each event at which it did, with the value before and after.')
    .argument(...RUN_ARGUMENT)
    .requiredOption('--node <node>', 'whose state')
    .requiredOption('--field <path>', 'what of it, dots between keys: currentTerm, log.5, service.x')
    .option('--from <seq>', 'behind this event', readCount, 0)
    .option('--limit <count>', 'at most so many', readCount)
    .action((name, options) => carryOut(options, () => changes(name, options)))

  sub(
    'check',
    "Run a recorded run again and judge it: every effect as recorded, the protocol's invariants, its clients' history; or judge a history from a file.",
  )
    .argument('[run]', RUN_ARGUMENT[1])
    .option('--history <file>', 'judge this history instead: NDJSON, or EDN as Jepsen writes it')
    .option('--model <name>', `what the history is about: ${MODELS.join(', ')}`)
    .option('--limit-ms <ms>', 'no verdict on the history after so long', readCount, HISTORY_LIMIT_MS)
    .action((name, options) =>
      carryOut(options, () => (options.history === undefined ? check(name, options) : checkHistory(name, options))),
    )

  program
    .command('serve')
    .description('Serve the lab on a loopback address, for a browser. `synod serve --help` lists its options.')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(serve)
  return program
}

/** The web host is a program of its own; it takes over this process with the words that follow `serve`. */
async function serve(): Promise<void> {
  const own = process.argv.indexOf('serve')
  process.argv = [process.argv[0] ?? '', process.argv[1] ?? '', ...process.argv.slice(own + 1)]
  const here = import.meta.dirname
  const host = import.meta.filename.endsWith('.ts') ? path.join(here, '../browser/main.ts') : path.join(here, 'web.js')
  await import(/* @vite-ignore */ pathToFileURL(host).href)
}
