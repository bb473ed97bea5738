/** `npm run package`: installers of the lab for this system, into release/, by electron-builder as electron-builder.yml says. Arguments go to it (`-- --dir` for a folder instead of installers). */
import { runTool } from './child.mjs'
import { underRightNode } from './node.mjs'
import { at, command, say } from './place.mjs'
import { makeReady } from './ready.mjs'

await command(async () => {
  if (!(await underRightNode(import.meta.url))) return Number(process.exitCode)
  await makeReady()
  let output = ''
  const { code } = await runTool('electron-builder', ['--publish', 'never', ...process.argv.slice(2)], {
    cwd: at(),
    onOutput: (text) => {
      output += text
      process.stdout.write(text)
    },
  })
  const host = (output.match(/(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT)\s+([\w.-]+)/) || [])[1]
  if (code !== 0 && host)
    say(
      `no installer was made: electron-builder fetches Electron's binary and its own tools from ${host}, which cannot be reached from here.`,
    )
  return code
})
