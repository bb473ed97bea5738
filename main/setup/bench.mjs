/** `npm run bench [name ...]`: runs the benchmarks of test/bench one after the other, each alone on the machine. Standard output has one JSON line a figure; standard error has what they say meanwhile and a table at the end. */
import fs from 'node:fs'
import path from 'node:path'
import { run } from './child.mjs'
import { programsOf, table } from './figures.mjs'
import { typeScriptFlags, underRightNode } from './node.mjs'
import { at, command, SetupError, say } from './place.mjs'
import { makeReady } from './ready.mjs'

await command(async () => {
  if (!(await underRightNode(import.meta.url))) return Number(process.exitCode)
  await makeReady()
  const folder = at('test', 'bench')
  const files = new Map(
    fs
      .readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8')]),
  )
  const asked = process.argv.slice(2)
  const all = programsOf(files)
  const chosen = asked.length === 0 ? all : all.filter((name) => asked.includes(name.replace(/\.ts$/, '')))
  if (chosen.length === 0) throw new SetupError(`no such benchmark: choose from ${all.map((name) => name.replace(/\.ts$/, '')).join(', ')}`)
  let lines = ''
  const failed = []
  for (const name of chosen) {
    say(name.replace(/\.ts$/, ''))
    const flags = typeScriptFlags(process.versions.node)
    const { code } = await run(process.execPath, [...flags, path.join(folder, name)], {
      onOutput: (text) => {
        lines += text
        process.stdout.write(text)
      },
    })
    if (code !== 0) failed.push(`${name} (exit code ${code})`)
  }
  process.stderr.write(`\n${table(lines)}\n`)
  if (failed.length > 0) say(`failed: ${failed.join(', ')}`)
  return failed.length > 0 ? 1 : 0
})
