/** How a test looks into the double and acts as the person or the operating system: over the process's own channel. */

export type Recorded = { readonly what: string; readonly detail?: unknown }

const actions = new Map<string, (...args: never[]) => unknown>()

/** Tells the test that something was asked of the system. */
export function record(what: string, detail?: unknown): void {
  process.send?.({ recorded: { what, ...(detail === undefined ? {} : { detail }) } })
}

/** Something that a test can have done. */
export function act(name: string, action: (...args: never[]) => unknown): void {
  actions.set(name, action)
}

process.on('message', (word: { act: string; args: never[]; id: number }) => {
  const action = actions.get(word.act)
  Promise.resolve()
    .then(() => {
      if (!action) throw new Error(`the double cannot ${word.act}`)
      return action(...word.args)
    })
    .then(
      (value) => process.send?.({ id: word.id, value }),
      (error: Error) => process.send?.({ id: word.id, error: error.message }),
    )
})
