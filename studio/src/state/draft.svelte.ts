/** The take that is being prepared: its media, its options, and what the server says about them. */

import { ApiError, type Api } from '../api/api'
import type { ElementItem } from '../api/element'
import type { Take } from '../api/take'
import type {
  CreateBody,
  Findings,
  Mode,
  Model,
  Orientation,
  Problem,
  Sample,
  StoredFile,
} from '../api/types'
import { FIELDS, problemOf, type Kind } from '../media/checks'
import { motionFields, wholeMotion, type MotionOptions } from './motion'
import { notices } from './notices.svelte'
import { api, session } from './session.svelte'
import * as shelf from './shelf'

const KEY = 'understudy.draft'
const INSPECT_AFTER_MS = 250
const KINDS = ['picture', 'clip'] as const

/** A picture or clip. `url` is the server's once it has it; `show` is what the page shows. */
export interface Medium {
  name: string
  source: 'file' | 'sample' | 'url' | 'webcam' | 'take'
  url: string | null
  show: string
  bytes: number | null
  /** 0 to 1 while it is sent. */
  sent: number | null
  problem: Problem | null
  /** Its file carries corrections by hand. */
  corrected?: boolean
}

export interface Options {
  model: string
  orientation: Orientation
  mode: Mode
  prompt: string
  sound: boolean
  watermark: boolean
  element: number | null
  /** `keep`, `clip`, `transparent` or a colour as CSS writes it. */
  background: string
  loop: boolean
  /** The number of the person who is followed, null for who takes up most of the frame. */
  driver: number | null
  motion: MotionOptions
}

interface Kept {
  options: Options
  media: Partial<
    Record<
      Kind,
      Pick<Medium, 'name' | 'source' | 'url' | 'bytes' | 'corrected'> & { show?: string }
    >
  >
}

export const DEFAULTS: Options = {
  model: '',
  orientation: 'video',
  mode: 'std',
  prompt: '',
  sound: true,
  watermark: false,
  element: null,
  background: 'keep',
  loop: false,
  driver: null,
  motion: wholeMotion(),
}

class Draft {
  media: Record<Kind, Medium | null> = $state({ picture: null, clip: null })
  options: Options = $state({ ...DEFAULTS })
  inspection: Findings | null = $state.raw(null)
  inspecting = $state(false)
  /** What kept the inspection from being made. */
  fault = $state('')
  starting = $state(false)
  #uploads: Partial<Record<Kind, AbortController>> = {}
  #timer = 0
  #inspection: AbortController | null = null
  #externalId = ''

  get problems(): Problem[] {
    const local = [this.media.picture?.problem, this.media.clip?.problem]
    // That something is still to be chosen is said beside the button, and is no fault.
    const missing = KINDS.filter((kind) => !this.media[kind]).map((kind) => FIELDS[kind] as string)
    const found = this.inspection?.problems.filter(({ field }) => !missing.includes(field))
    return [...local, ...(found ?? [])].filter((one) => one != null)
  }

  problemsOf(...fields: string[]): Problem[] {
    return this.problems.filter((problem) => fields.includes(problem.field))
  }

  get uploading(): boolean {
    return [this.media.picture, this.media.clip].some((medium) => medium?.sent != null)
  }

  get model(): Model | null {
    return session.capabilities?.models.find(({ name }) => name === this.options.model) ?? null
  }

  /** Seconds that a clip may last: as the model has it, else as the server. */
  get clipSeconds(): Record<Orientation, number> {
    const own = this.model?.max_seconds
    if (own) return { video: own, image: own }
    return session.capabilities?.limits.clip_seconds ?? { video: 30, image: 10 }
  }

  /** An element plays in its own picture, since there is none of the user's. */
  get elementStandsIn(): boolean {
    return !this.media.picture && this.options.element !== null && this.model?.path != null
  }

  /** Why the take cannot be started now, '' when it can. */
  get waitingFor(): string {
    const { clip } = this.media
    const picture = this.media.picture ?? this.elementStandsIn
    if (!picture && !clip) return 'Choose a picture and a clip.'
    if (!picture) return 'Choose a picture.'
    if (!clip) return 'Choose a clip.'
    if (this.uploading) return 'Uploading the files …'
    if (this.problems.length) return 'Fix the problems first.'
    return ''
  }

  /** Bring back what was there before the page was left. */
  async restore(): Promise<void> {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Kept | null
    if (kept) {
      this.options = { ...DEFAULTS, ...kept.options }
      for (const kind of KINDS) {
        const medium = kept.media[kind]
        if (medium) await this.#bringBack(kind, medium)
      }
    }
    this.settle()
    this.changed()
  }

  async #bringBack(kind: Kind, kept: NonNullable<Kept['media'][Kind]>): Promise<void> {
    const file = await shelf.take(kind)
    const show = file ? URL.createObjectURL(file) : kept.show
    if (!show || (!kept.url && !file)) return
    this.media[kind] = { ...kept, show, sent: null, problem: null }
    if (file && !kept.url) void this.#upload(kind, file)
  }

  /** A file from the user's disk or camera: shown at once, sent at once. */
  async choose(kind: Kind, file: File, source: Medium['source'] = 'file'): Promise<void> {
    this.#release(kind)
    const problem = problemOf(kind, file, session.capabilities?.limits)
    const show = URL.createObjectURL(file)
    this.media[kind] = {
      name: file.name,
      source,
      url: null,
      show,
      bytes: file.size,
      sent: null,
      problem,
    }
    if (problem) return this.changed()
    await shelf.put(kind, file)
    this.changed()
    await this.#upload(kind, file)
  }

  /** A sample: had from this server and sent like a file of one's own. */
  async pick(kind: Kind, sample: Sample): Promise<void> {
    const blob = await api().blob(sample.url)
    await this.choose(kind, new File([blob], sample.name, { type: blob.type }), 'sample')
  }

  /** A character of the library, with a model that takes one; null for none. */
  useElement(element: ElementItem | null): void {
    if (!element) {
      this.options.element = null
      return this.changed()
    }
    const models = session.capabilities?.models ?? []
    const able = (name: string) => models.some((one) => one.name === name && one.element)
    if (!able(this.options.model)) {
      this.options.model =
        models.find((one) => one.available && one.element)?.name ?? this.options.model
    }
    this.options.element = element.id
    this.options.orientation = 'video'
    this.changed()
  }

  /** Something that has an address already. */
  point(kind: Kind, medium: Pick<Medium, 'name' | 'source' | 'url'> & { show?: string }): void {
    this.#release(kind)
    const show = medium.show ?? medium.url!
    this.media[kind] = { bytes: null, sent: null, problem: null, ...medium, show }
    this.changed()
  }

  /** The picture as it was corrected and stored: it looks the same, its file is another. */
  correct(stored: StoredFile, corrected: boolean): void {
    const medium = this.media.picture
    if (!medium) return
    Object.assign(medium, { url: stored.url, bytes: stored.bytes, corrected })
    this.changed(0)
  }

  clear(kind: Kind): void {
    this.#release(kind)
    this.media[kind] = null
    this.changed()
  }

  /** An option was changed that the plan does not depend on. */
  keep(): void {
    this.#externalId = ''
    this.#save()
  }

  /** The media or options were changed: keep them, and ask for a new plan after a while. */
  changed(after = INSPECT_AFTER_MS): void {
    this.keep()
    this.#inspection?.abort()
    clearTimeout(this.#timer)
    if (!this.looksAt.length) {
      this.inspection = null
      this.inspecting = false
      return
    }
    this.inspecting = true
    this.#timer = window.setTimeout(() => void this.#inspect(), after)
  }

  /** What there is to inspect now; the rest is on its way, or wrong, or not there. */
  get looksAt(): Kind[] {
    return KINDS.filter((kind) => this.media[kind]?.url && !this.media[kind].problem)
  }

  body(): CreateBody {
    const { model, orientation, mode, prompt, sound, watermark, element } = this.options
    const { background, loop, driver, motion } = this.options
    return {
      ...(model && { model_name: model }),
      ...(this.media.picture?.url && { image_url: this.media.picture.url }),
      video_url: this.media.clip?.url ?? '',
      ...(prompt.trim() && { prompt: prompt.trim() }),
      ...(element !== null && { element_list: [{ element_id: element }] }),
      keep_original_sound: sound ? 'yes' : 'no',
      character_orientation: orientation,
      mode,
      ...(watermark && { watermark_info: { enabled: true } }),
      ...(background !== 'keep' && { background }),
      // What browsers play with the page shining through.
      ...(background === 'transparent' && { output_format: 'webm' as const }),
      ...(loop && { loop }),
      ...(driver !== null && { driver }),
      ...motionFields(motion),
    }
  }

  /** Start the take; null when it could not be started. */
  async start(): Promise<Take | null> {
    this.starting = true
    // Kept over tries that fail, so that one take is made however often Start is pressed.
    this.#externalId ||= `studio-${crypto.randomUUID?.() ?? Date.now()}`
    try {
      const take = await createOnce(
        api(),
        {
          ...this.body(),
          external_task_id: this.#externalId,
        },
        this.model?.path ?? '',
      )
      this.#externalId = ''
      return take
    } catch (error) {
      if (!(error instanceof ApiError) || !error.unreachable) this.#externalId = ''
      notices.fault(error)
      return null
    } finally {
      this.starting = false
    }
  }

  /** Choose what the server can do when the choice of before is gone. */
  settle(): void {
    const models = session.capabilities?.models ?? []
    if (
      !models.length ||
      models.some((model) => model.name === this.options.model && model.available)
    )
      return
    const first = models.find((model) => model.available)
    this.options.model = first?.name ?? this.options.model
  }

  async #upload(kind: Kind, file: Blob): Promise<void> {
    const stop = (this.#uploads[kind] = new AbortController())
    const medium = this.media[kind]!
    const mine = () => this.#uploads[kind] === stop
    medium.sent = 0
    try {
      const tell = (sent: number) => mine() && (this.media[kind]!.sent = sent)
      const stored = await api().upload(file, medium.name, FIELDS[kind], tell, stop.signal)
      if (!mine()) return
      this.media[kind]!.url = stored.url
    } catch (error) {
      if (!mine()) return
      const message = error instanceof Error ? error.message : String(error)
      this.media[kind]!.problem = { field: FIELDS[kind], message }
    }
    this.media[kind]!.sent = null
    this.changed()
  }

  async #inspect(): Promise<void> {
    const stop = (this.#inspection = new AbortController())
    this.fault = ''
    const { image_url, video_url, ...options } = this.body()
    const looksAt = this.looksAt
    const media = {
      ...(looksAt.includes('picture') && { image_url }),
      ...(looksAt.includes('clip') && { video_url }),
    }
    try {
      const inspection = await api().inspect({ ...options, ...media }, stop.signal)
      // What was not looked at, because it is still being sent, is not missing.
      const left = KINDS.filter((kind) => !looksAt.includes(kind)).map((kind) => FIELDS[kind])
      this.inspection = {
        ...inspection,
        problems: inspection.problems.filter(({ field }) => !left.some((one) => one === field)),
      }
    } catch (error) {
      if (stop.signal.aborted) return
      this.inspection = null
      // A server that does not inspect says what is wrong when the take is started.
      const missing = error instanceof ApiError && error.missing
      if (!missing) this.fault = (error as Error).message
    }
    if (!stop.signal.aborted) this.inspecting = false
  }

  /** What was found in a medium that is there no more goes with it. */
  #forget(kind: Kind): void {
    if (!this.inspection) return
    const problems = this.inspection.problems.filter(({ field }) => field !== FIELDS[kind])
    this.inspection = { ...this.inspection, usable: false, plan: null, problems, [kind]: null }
  }

  #release(kind: Kind): void {
    this.#forget(kind)
    // Numbers are of the people in one clip.
    if (kind === 'clip') this.options.driver = null
    this.#uploads[kind]?.abort()
    delete this.#uploads[kind]
    const before = this.media[kind]
    if (before?.show.startsWith('blob:')) URL.revokeObjectURL(before.show)
    void shelf.drop(kind)
  }

  #save(): void {
    const media: Kept['media'] = {}
    for (const kind of KINDS) {
      const medium = this.media[kind]
      if (!medium || medium.problem) continue
      const { name, source, url, bytes, corrected = false, show } = medium
      media[kind] = {
        name,
        source,
        url,
        bytes,
        corrected,
        ...(!show.startsWith('blob:') && { show }),
      }
    }
    localStorage.setItem(KEY, JSON.stringify({ options: this.options, media } satisfies Kept))
  }
}

/** Create a take once, also when the first answer is lost on its way. */
export async function createOnce(
  server: Api,
  body: CreateBody & { external_task_id: string },
  modelPath: string,
): Promise<Take> {
  try {
    return await server.create(body, modelPath)
  } catch (error) {
    if (!(error instanceof ApiError) || (!error.unreachable && error.status < 500)) throw error
    const [found] = await server.find([body.external_task_id], 'external_task_ids')
    return found ?? server.create(body, modelPath)
  }
}

export const draft = new Draft()
