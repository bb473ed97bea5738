/** What a node lies about, as it shows it, in the words in which a person asked for it. */
import type { LieWords } from '../../protocols/core/lie.ts'

/** `shown`: "equivocate to n1, n2; silent about Prepare". A lie that is not known keeps its name. */
export const liesText = (shown: string, known: readonly LieWords[]): string =>
  shown
    .split('; ')
    .map((lie) => {
      const [name = ''] = lie.split(' ', 1)
      const label = known.find((each) => each.name === name)?.label
      const parts = lie.slice(name.length).replace(' to ', ', to ').replace(' about ', ', about ')
      return label === undefined ? lie : `${label.charAt(0).toLowerCase()}${label.slice(1)}${parts}`
    })
    .join('; ')
