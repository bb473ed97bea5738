/** A note's name as a person reads it: `becomeLeader` → "becomes leader". */
export const noteWords = (note: string): string =>
  note
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/^become /, 'becomes ')
