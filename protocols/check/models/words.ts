/** What the models say about operations that they do not know. */
import type { Call } from '../history.ts'

export function unknownOperation(
  call: Call,
  model: string,
  operations: readonly { readonly form: string }[],
): { readonly problem: string } {
  return { problem: `"${call.operation}" is no operation of the model ${model}. It knows ${operations.map((one) => one.form).join(', ')}.` }
}
