/** What a client does, in a sentence: `c1 asks`, but `you ask`. The person's own operations that overlap are of `you`, too, under further names. */
export const clientDoes = (client: string, verb: 'ask' | 'get'): string => `${client} ${verb}${/^you\b/.test(client) ? '' : 's'}`
