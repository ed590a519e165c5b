/** More pictures and clips beside the two that are shown: every picture performs every clip. */

import { ApiError } from '../api/api'
import type { Take } from '../api/take'
import type { CreateBody, Problem } from '../api/types'
import { createOnce } from './draft.svelte'
import { FIELDS, problemOf, type Kind } from '../media/checks'
import { notices } from './notices.svelte'
import { api, session } from './session.svelte'

const INSPECT_AFTER_MS = 250
const KINDS = ['picture', 'clip'] as const

/** The options that decide whether a file can be used. */
type Deciding = Pick<CreateBody, 'model_name' | 'character_orientation' | 'mode' | 'motion_camera'>

/** A file beside the first: sent once, and inspected by itself. */
export interface Entry {
  name: string
  file: File
  /** The server's, once it has it. */
  url: string | null
  problems: Problem[]
  warnings: string[]
  /** It is being sent or inspected. */
  busy: boolean
  /** The options that it was inspected with, '' before. */
  inspected: string
}

class Batch {
  more: Record<Kind, Entry[]> = $state({ picture: [], clip: [] })
  starting = $state(false)
  #timer = 0
  #look = Promise.resolve()

  /** How many takes there are, that of the picture and the clip that are shown among them. */
  get takes(): number {
    return (1 + this.more.picture.length) * (1 + this.more.clip.length)
  }

  /** Why the takes cannot be started now, '' when they can. */
  get waitingFor(): string {
    const entries = KINDS.flatMap((kind) => this.more[kind])
    if (entries.some(({ busy }) => busy)) return 'Checking the other files …'
    if (entries.some(({ problems }) => problems.length))
      return 'Remove the files that cannot be used first.'
    return ''
  }

  /** Add files; those that cannot be used are told of and left out. */
  add(kind: Kind, files: File[]): void {
    for (const file of files) {
      const problem = problemOf(kind, file, session.capabilities?.limits)
      if (problem) notices.say(`${file.name}: ${problem.message}`, 'error')
      else
        this.more[kind].push({
          name: file.name,
          file,
          url: null,
          problems: [],
          warnings: [],
          busy: true,
          inspected: '',
        })
    }
  }

  remove(kind: Kind, index: number): void {
    this.more[kind].splice(index, 1)
  }

  /** Send and inspect each file that has not been inspected with these options, one by one. */
  look(body: Partial<CreateBody>): void {
    const { model_name, character_orientation, mode, motion_camera } = body
    const options: Deciding = {
      ...(model_name && { model_name }),
      character_orientation: character_orientation!,
      mode: mode!,
      ...(motion_camera && { motion_camera }),
    }
    const key = JSON.stringify(options)
    const left = KINDS.flatMap((kind) =>
      this.more[kind].filter((entry) => entry.inspected !== key).map((entry) => ({ kind, entry })),
    )
    clearTimeout(this.#timer)
    if (!left.length) return
    for (const { entry } of left) entry.busy = true
    this.#timer = window.setTimeout(() => {
      this.#look = this.#look.then(async () => {
        for (const { kind, entry } of left) await this.#inspect(kind, entry, options, key)
      })
    }, INSPECT_AFTER_MS)
  }

  /**
   * Start the takes beside the one of `first`, which has started. What cannot be started is told
   * of, and the others go on.
   */
  async start(first: CreateBody, modelPath: string, started: (take: Take) => void): Promise<void> {
    if (this.takes === 1) return
    this.starting = true
    const pictures = [first.image_url, ...this.#urls('picture')]
    const clips = [first.video_url, ...this.#urls('clip')]
    for (const video_url of clips) {
      for (const image_url of pictures) {
        if (video_url === first.video_url && image_url === first.image_url) continue
        const { driver, ...rest } = first
        const body = {
          ...rest,
          ...(image_url && { image_url }),
          // Who is followed was chosen in the clip that is shown.
          ...(driver !== undefined && video_url === first.video_url && { driver }),
          video_url,
          external_task_id: `studio-${crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`}`,
        }
        try {
          started(await createOnce(api(), body, modelPath))
        } catch (error) {
          notices.fault(error)
        }
      }
    }
    this.more = { picture: [], clip: [] }
    this.starting = false
  }

  async #inspect(kind: Kind, entry: Entry, options: Deciding, key: string): Promise<void> {
    const there = () => this.more[kind].includes(entry)
    if (!there() || entry.inspected === key) return
    const field = FIELDS[kind]
    const stop = new AbortController().signal
    try {
      entry.url ??= (await api().upload(entry.file, entry.name, field, () => {}, stop)).url
      if (!there()) return
      const found = await api().inspect({ ...options, [field]: entry.url }, stop)
      entry.problems = found.problems.filter((problem) => problem.field === field)
      entry.warnings = found[kind]?.warnings ?? []
    } catch (error) {
      // A server that does not inspect says what is wrong when the take is started.
      const missing = entry.url && error instanceof ApiError && error.missing
      const message = error instanceof Error ? error.message : String(error)
      entry.problems = missing ? [] : [{ field, message }]
    }
    entry.inspected = key
    entry.busy = false
  }

  /** The URLs of the files of a kind. */
  #urls(kind: Kind): string[] {
    return this.more[kind].map(({ url }) => url).filter((url) => url !== null)
  }
}

export const batch = new Batch()
