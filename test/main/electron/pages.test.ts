import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

vi.mock('electron', () => ({ app: {}, Menu: {}, protocol: {}, shell: {} }))
const { answer, POLICY } = await import('../../../main/hosts/electron/protocol.ts')
const { template } = await import('../../../main/hosts/electron/menu.ts')

describe('the bundle is served', () => {
  let folder: string
  beforeAll(() => {
    const base = mkdtempSync(path.join(os.tmpdir(), 'synod-bundle-'))
    folder = path.join(base, 'renderer')
    mkdirSync(path.join(folder, 'assets'), { recursive: true })
    writeFileSync(path.join(folder, 'index.html'), '<title>Synod</title>')
    writeFileSync(path.join(folder, 'assets', 'a b.js'), 'export {}')
    writeFileSync(path.join(base, 'secret.txt'), 'secret')
  })
  afterAll(() => rmSync(path.dirname(folder), { recursive: true, force: true }))

  const get = (url: string, method = 'GET') => answer(folder, new Request(url, { method }))

  test('the start page, with the policy and its type', async () => {
    const response = await get('app://bundle/')
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('<title>Synod</title>')
    expect(response.headers.get('content-type')).toMatch(/^text\/html/)
    expect(response.headers.get('content-security-policy')).toBe(POLICY)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('a file whose name needs encoding', async () => {
    const response = await get('app://bundle/assets/a%20b.js')
    expect(response.headers.get('content-type')).toMatch(/^text\/javascript/)
  })

  test.each([
    'app://bundle/missing.js',
    'app://bundle/assets',
    'app://bundle/../secret.txt',
    'app://bundle/%2e%2e/secret.txt',
    'app://bundle/..%2fsecret.txt',
    'app://bundle/assets/..%2f..%2fsecret.txt',
    'app://bundle/%00',
    'app://bundle/%ff',
    'app://other/index.html',
  ])('%s is not found', async (url) => {
    const response = await get(url)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-security-policy')).toBe(POLICY)
  })

  test('nothing can be written', async () => {
    expect((await get('app://bundle/', 'POST')).status).toBe(405)
  })

  test('the policy begins with nothing and allows no foreign, inline or evaluated script', () => {
    expect(POLICY).toMatch(/^default-src 'none'/)
    expect(/script-src ([^;]+)/.exec(POLICY)?.[1]).toBe("'self'")
    expect(POLICY).not.toMatch(/unsafe-eval|https?:|\*/)
  })
})

describe('the menu', () => {
  const labels = (platform: NodeJS.Platform, isPackaged: boolean) =>
    JSON.stringify(template({ choose: () => undefined, platform, isPackaged }))

  test('has the tools of developers only while developing', () => {
    expect(labels('linux', false)).toContain('toggleDevTools')
    expect(labels('linux', true)).not.toMatch(/toggleDevTools|"reload"/)
  })

  test('has the application menu on macOS alone', () => {
    expect(labels('darwin', true)).toContain('appMenu')
    expect(labels('win32', true)).not.toContain('appMenu')
  })
})
