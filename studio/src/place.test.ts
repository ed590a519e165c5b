import {
  existsSync,
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { place } from '../place.mjs'

function folder(files: Record<string, string>): string {
  const made = mkdtempSync(join(tmpdir(), 'place-'))
  mkdirSync(join(made, 'studio'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(made, name), text)
  return made
}

/** What the page of a folder loads. */
const loaded = (target: string): string =>
  join(target, readFileSync(join(target, 'index.html'), 'utf8'))

describe('putting what was built in its place', () => {
  it('leaves a page that works after every step, and nothing of the old one at the end', () => {
    const target = folder({ 'index.html': 'studio/old.js', 'studio/old.js': '' })
    const built = folder({ 'index.html': 'studio/new.js', 'studio/new.js': '' })
    const steps: string[] = []
    place(built, target, (step) => {
      steps.push(step)
      expect(existsSync(loaded(target))).toBe(true)
    })
    expect(steps).toEqual(['studio/new.js', 'index.html'])
    expect(loaded(target)).toBe(join(target, 'studio/new.js'))
    expect(readdirSync(join(target, 'studio'))).toEqual(['new.js'])
  })

  it('touches nothing when nothing was built', () => {
    const target = folder({ 'index.html': 'studio/old.js', 'studio/old.js': '' })
    expect(() => place(folder({}), target)).toThrow('nothing was built')
    expect(existsSync(loaded(target))).toBe(true)
  })
})
