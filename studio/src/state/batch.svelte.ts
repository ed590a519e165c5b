/** More pictures and clips beside the two that are shown: every picture performs every clip. */

import type { Take } from '../api/take'
import type { CreateBody } from '../api/types'
import { createOnce } from './draft.svelte'
import { FIELDS, problemOf, type Kind } from '../media/checks'
import { notices } from './notices.svelte'
import { api, session } from './session.svelte'

class Batch {
  more: Record<Kind, File[]> = $state({ picture: [], clip: [] })
  starting = $state(false)

  /** How many takes there are, that of the picture and the clip that are shown among them. */
  get takes(): number {
    return (1 + this.more.picture.length) * (1 + this.more.clip.length)
  }

  /** Add files; those that cannot be used are told of and left out. */
  add(kind: Kind, files: File[]): void {
    for (const file of files) {
      const problem = problemOf(kind, file, session.capabilities?.limits)
      if (problem) notices.say(`${file.name}: ${problem.message}`, 'error')
      else this.more[kind].push(file)
    }
  }

  remove(kind: Kind, index: number): void {
    this.more[kind].splice(index, 1)
  }

  /**
   * Start the takes beside the one of `first`, which has started; each file is sent once. What
   * cannot be sent or started is told of, and the others go on.
   */
  async start(first: CreateBody, modelPath: string, started: (take: Take) => void): Promise<void> {
    if (this.takes === 1) return
    this.starting = true
    const pictures = [first.image_url, ...(await this.#send('picture'))]
    const clips = [first.video_url, ...(await this.#send('clip'))]
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

  /** The URLs of the files of a kind. */
  async #send(kind: Kind): Promise<string[]> {
    const urls: string[] = []
    for (const file of this.more[kind]) {
      try {
        const stop = new AbortController().signal
        urls.push((await api().upload(file, file.name, FIELDS[kind], () => {}, stop)).url)
      } catch (error) {
        notices.fault(error)
      }
    }
    return urls
  }
}

export const batch = new Batch()
