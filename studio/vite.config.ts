import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const root = import.meta.dirname

/** Writes a digest of the sources beside what was built, so that a test can tell when it is stale. */
function builtFrom(): Plugin {
  return {
    name: 'built-from',
    generateBundle() {
      const inputs = [
        'index.html',
        'package-lock.json',
        'vite.config.ts',
        ...readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && !/\.(test|d)\.ts$/.test(entry.name))
          .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')),
      ].sort()
      const digest = createHash('sha256')
      for (const input of inputs) {
        digest
          .update(`${input}\0`)
          .update(readFileSync(join(root, input)))
          .update('\0')
      }
      this.emitFile({ type: 'asset', fileName: 'built-from.txt', source: digest.digest('hex') })
    },
  }
}

/** The licences of what is built in, as they ask for. */
function licences(): Plugin {
  const packages = [
    'svelte',
    '@fontsource-variable/instrument-sans',
    '@fontsource/instrument-serif',
  ]
  return {
    name: 'licences',
    generateBundle() {
      const texts = packages.map((name) => {
        const folder = join(root, 'node_modules', name)
        const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))!
        return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
      })
      const source = texts.join(`\n${'-'.repeat(80)}\n\n`)
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source })
    },
  }
}

export default defineConfig({
  root,
  // Relative, so that the page also works below a path of a reverse proxy.
  base: './',
  plugins: [svelte(), builtFrom(), licences()],
  build: {
    // From here `place.mjs` puts it into the package.
    outDir: 'dist',
    assetsDir: 'studio',
    target: ['es2023', 'chrome123', 'firefox121', 'safari17.5'],
    // Fonts and pictures stay files: a strict content policy allows no data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      '^/(v1|tasks|account|motion-control|studio|media|files|r)/?': 'http://127.0.0.1:8000',
    },
  },
  test: { include: ['src/**/*.test.ts'], setupFiles: ['vitest.setup.ts'] },
})
