/** Plain data as JSON knows it: what crosses wires, rests in files and is shown as a tree. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
