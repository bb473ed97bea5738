/** How the client bar's languages read a line: words parted by blanks; double quotes hold blanks together, with JSON's escapes. */

export interface Word {
  readonly text: string
  readonly quoted: boolean
}

/** Cuts a line into words, or says in a sentence where it cannot. */
export function words(line: string): { readonly words: readonly Word[] } | { readonly error: string } {
  const found: Word[] = []
  const token = /\s*(?:("(?:[^"\\]|\\.)*")(?=\s|$)|([^\s"]+)(?=\s|$)|(\S.*))/gsy
  for (;;) {
    const match = token.exec(line)
    if (!match) return { words: found }
    const [, quoted, plain, wrong] = match
    if (wrong !== undefined) return { error: `A double quote stands open or inside a word at: ${wrong.slice(0, 30)}` }
    if (plain !== undefined) found.push({ text: plain, quoted: false })
    else {
      const text = unquote(quoted ?? '""')
      if (text === undefined) return { error: `${quoted} has an escape that is not known; \\" \\\\ \\n \\t and \\u0041 are.` }
      found.push({ text, quoted: true })
    }
  }
}

/** The word as `words` would read it back: bare when it can be. */
export const quote = (text: string): string => (/^[^\s"]+$/.test(text) ? text : JSON.stringify(text))

function unquote(text: string): string | undefined {
  try {
    return JSON.parse(text) as string
  } catch {
    return undefined
  }
}
