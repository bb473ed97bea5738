/** What a sweep went through, as a few lines: how often each kind of thing was seen, and what never was. */
import type { CoverageReport } from '../../../protocols/sim/coverage.ts'

const LABEL = 13
const WIDTH = 120

export function coverageTable({ neverSeen, ...groups }: CoverageReport): string {
  const lines = Object.entries(groups).map(([group, counts]) => {
    const seen = Object.entries(counts).filter(([, count]) => count > 0)
    return labelled(
      group,
      seen.map(([name, count]) => `${name} ${count}`),
    )
  })
  return [...lines, labelled('never seen', neverSeen)].join('\n')
}

/** As many words in a row as fit beside the label. */
function labelled(label: string, words: readonly string[]): string {
  const rows: string[] = []
  for (const [index, word] of words.entries()) {
    const text = index === words.length - 1 ? word : `${word},`
    const last = rows.at(-1)
    if (last !== undefined && LABEL + last.length + 1 + text.length <= WIDTH) rows[rows.length - 1] = `${last} ${text}`
    else rows.push(text)
  }
  if (rows.length === 0) rows.push('nothing')
  return rows.map((row, index) => `${(index === 0 ? label : '').padEnd(LABEL)}${row}`).join('\n')
}
