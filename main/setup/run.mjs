/** `node main/setup/run.mjs <tool> ...`: runs a tool of this project (vite, vitest, biome ...) under the right Node. */
import { runTool } from './child.mjs'
import { underRightNode } from './node.mjs'
import { command, SetupError } from './place.mjs'
import { makeReady } from './ready.mjs'

await command(async () => {
  if (!(await underRightNode(import.meta.url))) return Number(process.exitCode)
  const [tool, ...args] = process.argv.slice(2)
  if (!tool) throw new SetupError('which tool? For example: node main/setup/run.mjs vitest run')
  await makeReady({ build: false })
  return (await runTool(tool, args)).code
})
