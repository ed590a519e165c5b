/**
 * Puts what was built where the package has it, so that a page that is loaded meanwhile works.
 *
 * What the page loads is named by its content: the new files come first, then the page that names
 * them, and only then the old ones go.
 */

import { cpSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const PAGE = 'index.html'

/**
 * The paths of all files of a folder, from the folder on.
 * @param {string} folder
 * @returns {string[]}
 */
function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

/**
 * Make `target` hold what `built` holds, and nothing else.
 * @param {string} built
 * @param {string} target
 * @param {(step: string) => void} [tell] is called after each step
 */
export function place(built, target, tell = () => undefined) {
  const files = filesOf(built)
  if (!files.includes(PAGE)) throw new Error(`nothing was built in ${built}`)
  for (const file of [...files.filter((one) => one !== PAGE), PAGE]) {
    const path = join(target, file)
    mkdirSync(dirname(path), { recursive: true })
    // Renamed into its place, a file is there whole or not at all.
    cpSync(join(built, file), `${path}.new`)
    renameSync(`${path}.new`, path)
    tell(file)
  }
  for (const file of filesOf(target)) {
    if (!files.includes(file)) rmSync(join(target, file))
  }
}

const [, script = '', built = '', target = ''] = process.argv
if (resolve(script) === fileURLToPath(import.meta.url)) place(resolve(built), resolve(target))
