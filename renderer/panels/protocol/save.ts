/** Hands a drawing over as a file, as the browser or the desktop saves files. */
export function saveSvg(name: string, svg: string): void {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  const link = document.createElement('a')
  link.href = address
  link.download = `${name}.svg`
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
