/** What benchmarks are made of and what they print, as data. */

/** The programs among TypeScript files of one folder: those that no other one imports. @param {Map<string, string>} files name -> source @returns {string[]} in order */
export function programsOf(files) {
  const imported = new Set()
  for (const source of files.values()) {
    for (const match of source.matchAll(/(?:from|import\()\s*['"]\.\/([\w.-]+\.ts)['"]/g)) imported.add(match[1])
  }
  return [...files.keys()].filter((name) => !imported.has(name)).sort()
}

/** A readable table of JSON lines; lines that are no figures are left out. @param {string} lines */
export function table(lines) {
  const rows = lines.split('\n').flatMap((line) => {
    try {
      const figure = JSON.parse(line)
      if (typeof figure.name !== 'string' || typeof figure.value !== 'number') return []
      const peer = figure.peer ? `${figure.peer} ${figure.peerValue === undefined ? 'absent' : number(figure.peerValue)}` : ''
      return [
        [figure.name, number(figure.value), figure.unit || '', peer, figure.ratio === undefined ? '' : Number(figure.ratio).toFixed(2)],
      ]
    } catch {
      return []
    }
  })
  const all = [['figure', 'value', 'unit', 'peer', 'ratio'], ...rows]
  const widths = Array.from({ length: 5 }, (_, column) => Math.max(...all.map((row) => row[column].length)))
  return all
    .map((row) =>
      row
        .map((cell, column) => (column === 1 || column === 4 ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Four digits are as many as a measurement has. @param {number} value */
const number = (value) => (Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(4))))
