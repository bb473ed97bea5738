/** `npm start`: opens the lab, in a window of its own where that is possible, else in the browser. `--web` asks for the browser directly, `--electron` tries the window again after a failure. The rest goes to the host. */
import { labEnvironment, run } from './child.mjs'
import { electronBinary, fetchElectron, whyNoWindow } from './electron.mjs'
import { underRightNode } from './node.mjs'
import { at, command, say } from './place.mjs'
import { makeReady, runBuilt } from './ready.mjs'

await command(async () => {
  if (!(await underRightNode(import.meta.url))) return Number(process.exitCode)
  const asked = process.argv.slice(2)
  const args = asked.filter((word) => word !== '--web' && word !== '--electron')
  await makeReady()
  if (!asked.includes('--web')) {
    const { code, reason } = await openWindow(args, asked.includes('--electron'))
    if (!reason) return code
    say(`no window of its own: ${reason}. Serving the lab to the browser instead.`)
  }
  return (await runBuilt('web.js', args)).code
})

/** @param {string[]} args @param {boolean} again @returns {Promise<{ code: number, reason?: string | undefined }>} */
async function openWindow(args, again) {
  const reason = whyNoWindow() || (electronBinary() ? undefined : await fetchElectron({ again }))
  const binary = electronBinary()
  if (reason || !binary) return { code: 1, reason: reason || "Electron's binary is not there" }
  let opened = false
  const { code, signal, output } = await run(binary, [at(), ...args], {
    env: labEnvironment(),
    onOutput: (text) => {
      opened = opened || text.includes('the window is open')
      process.stdout.write(text)
    },
  }).catch((error) => ({ code: 1, signal: null, output: String(error.message) }))
  const died = code !== 0 && !opened && signal !== 'SIGINT' && signal !== 'SIGTERM'
  return {
    code,
    reason: died ? `Electron ended before its window opened (${signal || `exit code ${code}`}${output ? `: ${output}` : ''})` : undefined,
  }
}
