/** How the tests start their browser. */
import type { LaunchOptions } from 'playwright-core'

/** Quiet and without background traffic. Without its sandbox only for root, for whom Chromium does not run with it. */
export function chromiumOptions(): LaunchOptions {
  const executablePath = process.env.SYNOD_BROWSER
  return {
    ...(executablePath ? { executablePath } : {}),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  }
}
