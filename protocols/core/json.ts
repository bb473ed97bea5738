/** Plain data as JSON knows it: what crosses wires, rests in files and is shown as a tree. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** JSON text with keys in order: equal values give equal texts. */
export function canonical(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const fields = value as { readonly [key: string]: Json }
  // In the order of `<`: the default one of sort, which asks for no comparison of ours.
  const inOrder = Object.keys(fields).sort()
  return `{${inOrder.map((key) => `${JSON.stringify(key)}:${canonical(fields[key] as Json)}`).join(',')}}`
}
