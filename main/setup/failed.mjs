/**
 * What failed, for the very end of the output: often nobody sees more than its last two thousand characters. Each failure with its file, its
 * name, the beginning of its message and the command that repeats it; the more there are, the less of each message.
 */

/** @typedef {{ where: string, message: string, repeat: string }} Failure */

/** Characters for the whole list. What follows it, the closing line and what npm says, must fit in the two thousand as well. */
const ROOM = 1600
const SHOWN = 6
const MESSAGE_MIN = 60

/** @param {Failure[]} failures @param {{ room?: number, most?: number }} [limits] @returns {string} nothing when nothing failed */
export function failedText(failures, { room = ROOM, most = SHOWN } = {}) {
  if (failures.length === 0) return ''
  const shown = failures.slice(0, most)
  const more = failures.length - shown.length
  const share = Math.floor((room - 60) / shown.length)
  const blocks = shown.map(({ where, message, repeat }) => {
    const head = clipped(where, Math.max(MESSAGE_MIN, Math.floor(share / 3)))
    const left = Math.max(MESSAGE_MIN, share - head.length - repeat.length - 20)
    return [`- ${head}`, ...linesOf(message, left).map((line) => `    ${line}`), `  repeat: ${repeat}`].join('\n')
  })
  return [`What failed (${failures.length}):`, ...blocks, ...(more > 0 ? [`- and ${more} more, see above`] : [])].join('\n')
}

/** The first lines of a message that say something, as far as there is room. @param {string} message @param {number} room */
function linesOf(message, room) {
  const lines = []
  for (const line of plain(message).split('\n')) {
    const text = line.trim()
    if (text === '') continue
    if (lines.length >= 6 || room < 20) break
    lines.push(clipped(text, Math.min(room, 240)))
    room -= text.length + 5
  }
  return lines
}

/** @param {string} text @param {number} length */
const clipped = (text, length) => (text.length <= length ? text : `${text.slice(0, length - 1)}…`)

/** Without colours. @param {string} text */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours begin with
export const plain = (text) => text.replace(/\u001b\[[\d;]*m/g, '')

/** @param {import('./vitestReport.mjs').VitestReport | undefined} report @param {string | undefined} seed what SYNOD_SEED asked for @returns {Failure[]} */
export function failedVitest(report, seed) {
  const before = seed ? `SYNOD_SEED=${seed} ` : ''
  return (report?.failures || []).map(({ file, name, message }) => ({
    where: [file, name].filter(Boolean).join(' > '),
    message,
    repeat: `${before}npm test${file ? ` -- ${file}` : ''}${file && name && !name.startsWith('during') ? ` -t ${pattern(name)}` : ''}`,
  }))
}

/** A name as a pattern that no shell and no regular expression takes for something else: what is not a letter or a digit is any character. @param {string} name */
const pattern = (name) => `"${name.slice(0, 100).replace(/[^\p{L}\p{N} ,:-]/gu, '.')}"`

/** @param {any} report of Playwright's json reporter @returns {Failure[]} */
export function failedPlaywright(report) {
  const failures = (report?.errors || []).map((/** @type {any} */ error) => ({
    ...{ where: 'test/e2e', message: error.message || '', repeat: 'npm test -- test/e2e' },
  }))
  const walk = (/** @type {any} */ suite, /** @type {string[]} */ titles) => {
    for (const inner of suite.suites || []) walk(inner, inner.title === inner.file ? titles : [...titles, inner.title])
    for (const spec of suite.specs || []) {
      const bad = spec.tests.find((/** @type {any} */ test) => test.status !== 'expected')
      if (!bad) continue
      const result = bad.results.findLast((/** @type {any} */ { error }) => error) || {}
      const file = `test/e2e/${spec.file}`
      failures.push({
        where: [file, ...titles, spec.title, ...stepOf(result.steps)].join(' > '),
        message: result.error?.message || bad.status,
        repeat: `npm test -- ${file}:${spec.line}`,
      })
    }
  }
  walk({ suites: report?.suites }, [])
  return failures
}

/** The steps in which it failed, from the outermost to the innermost. @param {any[] | undefined} steps @returns {string[]} */
function stepOf(steps) {
  const bad = (steps || []).find(({ error }) => error)
  return bad ? [bad.title, ...stepOf(bad.steps)] : []
}
