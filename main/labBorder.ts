/** The border: nothing passes that does not fit its schema, and whatever goes wrong behind it leaves as a LabError. */
import type { z } from 'zod'
import { type Command, type ParsedRequest, type Response, requests } from './contract/commands.ts'
import { LabError } from './contract/errors.ts'

export type Handlers<From> = {
  readonly [C in Command]: (request: ParsedRequest<C>, from: From | undefined) => Promise<Response<C>> | Response<C>
}

/** Rejects with a LabError, never with anything else. */
export async function dispatch<From>(
  handlers: Handlers<From>,
  command: string,
  request: unknown,
  from: From | undefined,
): Promise<unknown> {
  if (!Object.hasOwn(requests, command)) {
    throw new LabError('bad-request', `There is no command "${clip(command)}".`, `Commands are ${Object.keys(requests).join(', ')}.`)
  }
  const name = command as Command
  const parsed = requests[name].safeParse(request)
  if (!parsed.success) throw badRequest(name, parsed.error.issues)
  try {
    return await (handlers[name] as (request: unknown, from: From | undefined) => unknown)(parsed.data, from)
  } catch (error) {
    throw asLabError(error)
  }
}

export function asLabError(error: unknown): LabError {
  if (error instanceof LabError) return error
  const { code, message } = (error ?? {}) as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new LabError('disk', `The disk is full: ${message}`, 'Free some space, or keep runs in another folder.')
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return new LabError('disk', `The disk cannot be written: ${message}`, 'Make the folder writable, or keep runs in another one.')
  }
  return new LabError('internal', String(message ?? error))
}

/** Names the path of each field that does not fit: `config.nodes: expected int`. */
export function badRequest(where: string, issues: readonly z.core.$ZodIssue[], hint?: string): LabError {
  const lines = issues.slice(0, 5).map((issue) => {
    const path = issue.path.map(String).join('.')
    if (issue.code === 'unrecognized_keys')
      return `${path === '' ? '' : `${path}: `}unknown ${issue.keys.map((key) => `"${clip(key)}"`).join(', ')}`
    return `${path === '' ? 'the request' : path}: ${issue.message}`
  })
  const what = lines.join('; ')
  return new LabError('bad-request', `${where} was asked wrongly: ${what}${what.endsWith('.') ? '' : '.'}`, hint)
}

const clip = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)
