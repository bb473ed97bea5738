/** One build for all: the renderer, the engine and its hosts, Electron's preload, and the programs of the child processes. */
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import path from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type EnvironmentOptions, type Rolldown } from 'vite'
import { threadSources } from './main/programs/sources.ts'

type Output = Rolldown.OutputOptions

const at = (place: string) => path.join(import.meta.dirname, place)
const external = ['electron', 'better-sqlite3', ...builtinModules, ...builtinModules.map((name) => `node:${name}`)]

/** A node is one of many processes: shorter code is less memory in each (about a megabyte). Names of functions stay, for the sake of stack traces. */
const small: Output['minify'] = { compress: { keepNames: { function: true, class: true } }, mangle: { keepNames: true }, codegen: true }

/** Code for Node: everything but Node's own and native modules is bundled, so that a child process needs no node_modules. */
function nodeEnvironment(outDir: string, entries: Record<string, string>, output: Output, extension: string): EnvironmentOptions {
  return {
    consumer: 'server',
    resolve: { noExternal: true, external },
    build: {
      outDir: at(outDir),
      emptyOutDir: true,
      copyPublicDir: false,
      target: 'node22',
      minify: false,
      sourcemap: true,
      ssr: true,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, at(file)])),
        output: { ...output, entryFileNames: `[name].${extension}`, chunkFileNames: `chunk-[hash].${extension}` },
      },
    },
  }
}

export default defineConfig({
  root: at('renderer'),
  base: './',
  // An element of HTML that Vue does not know yet, and would take for a component.
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === 'search' } } })],
  environments: {
    client: {
      // Nothing inlined: the content security policy allows no fonts from data.
      build: {
        outDir: at('dist/renderer'),
        emptyOutDir: true,
        target: 'chrome140',
        sourcemap: true,
        modulePreload: false,
        assetsInlineLimit: 0,
      },
    },
    main: nodeEnvironment(
      'dist/main',
      {
        electron: 'main/hosts/electron/main.ts',
        engine: 'main/hosts/electron/engine.ts',
        web: 'main/hosts/browser/main.ts',
        cli: 'main/hosts/cli/main.ts',
        lab: 'main/lab.ts',
        ...Object.fromEntries(Object.entries(threadSources).map(([name, source]) => [name, `main/${source}`])),
      },
      { format: 'es' },
      'js',
    ),
    preload: nodeEnvironment('dist/preload', { preload: 'main/hosts/electron/preload.ts' }, { format: 'cjs' }, 'cjs'),
    nodes: nodeEnvironment(
      'dist/nodes',
      { node: 'main/node/entry.ts', clients: 'main/clients/entry.ts' },
      { format: 'es', minify: small },
      'mjs',
    ),
  },
  builder: {
    async buildApp(builder) {
      const began = new Date() // a source that changes during the build is newer than what was built
      const stamp = at('dist/.built')
      rmSync(stamp, { force: true })
      for (const environment of Object.values(builder.environments)) if (environment.name !== 'ssr') await builder.build(environment)
      mkdirSync(at('dist'), { recursive: true })
      writeFileSync(stamp, '')
      utimesSync(stamp, began, began)
    },
  },
})
