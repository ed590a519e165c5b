/** What the server answers. Legacy and tasks-design records become one `Take`. */

export type Status = 'submitted' | 'processing' | 'succeeded' | 'failed'
export type Orientation = 'video' | 'image'
export type Mode = 'std' | 'pro'

export interface Take {
  id: string
  externalId: string | null
  status: Status
  message: string
  stage: string
  percent: number
  createdAt: number
  updatedAt: number
  video: { url: string; watermarkUrl: string | null; seconds: number } | null
  coverUrl: string | null
  units: string | null
}

export interface Problem {
  field: string
  found?: string
  allowed?: string
  message: string
}

/** A part of the clip that is not used, and why. */
export interface Dropped {
  start: number
  end: number
  reason: string
}

export interface Plan {
  engine: string
  orientation: Orientation
  mode: Mode
  size: [number, number]
  fps: number
  frames: number
  start: number
  end: number
  duration: number
  clip_duration: number
  dropped: Dropped[]
  people: number
  sound: boolean
  units: string | null
  understood: string[]
  left_out: string[]
  /** What the element's pictures are used for. */
  element?: string[]
  warnings: string[]
}

/** Points as fractions of the width and height. */
export type Outline = [number, number][]

/** Time in seconds, then left, top, width and height as shares of the frame. */
export type Place = [number, number, number, number, number]

/** The person who is followed: outlined in the frame at `time`, and where they are all along. */
export interface Driver {
  time: number
  outline: Outline[]
  path: Place[]
}

/** What was found in a picture by itself. */
export interface PictureFound {
  width: number
  height: number
  outline: Outline[] | null
  warnings: string[]
}

/** What was found in a clip by itself: what of it is used, and who is followed. */
export interface ClipFound {
  width: number
  height: number
  fps: number
  duration: number
  people: number
  used: { start: number; end: number } | null
  dropped: Dropped[]
  warnings: string[]
  driver: Driver | null
}

/** What is there is inspected; an input that is missing is one of the problems. */
export interface Inspection {
  usable: boolean
  problems: Problem[]
  plan: Plan | null
  picture: PictureFound | null
  clip: ClipFound | null
}

export interface Model {
  name: string
  /** What the tasks design calls it, if it has a path there. */
  path: string | null
  engine: string
  available: boolean
  reason: string
  element: boolean
  prompt: 'camera' | 'full'
  modes: Record<Mode, { short_side: number; units_per_second: string | null }>
}

export interface Capabilities {
  version: string
  models: Model[]
  limits: { picture_bytes: number; clip_bytes: number; clip_seconds: Record<Orientation, number> }
}

/** A picture or clip that comes with the server; `name` is that of its file. */
export interface Sample {
  kind: 'picture' | 'clip'
  name: string
  title: string
  url: string
}

export interface StoredFile {
  file_id: string
  url: string
  kind: string
  bytes: number
}

/** A create in the legacy design; without a picture an element stands for it. */
export interface CreateBody {
  model_name?: string
  image_url?: string
  video_url: string
  prompt?: string
  element_list?: { element_id: number | string }[]
  keep_original_sound: 'yes' | 'no'
  character_orientation: Orientation
  mode: Mode
  watermark_info?: { enabled: boolean }
  callback_url?: string
  external_task_id?: string
}

export interface TaskFile {
  kind: string
  format: string
  /** The format in words, '' where the kind says it. */
  about: string
  name: string
  bytes: number | null
  url: string
}

export interface Detail {
  task: Json
  request: CreateBody
  files: TaskFile[]
  report: Report | null
  callbacks: CallbackEvent[]
}

export interface Report {
  engine: { name: string; version: string }
  used: { start: number; end: number }
  dropped: Dropped[]
  prompt: { understood: string[]; left_out: string[] }
  output: { size: [number, number]; fps: number; frames: number; duration: number; sound: string }
  warnings: string[]
  /** Stages whose results were at hand. */
  cached: string[]
  seconds: number
}

export interface CallbackEvent {
  id: string
  task_id: string
  url: string
  status: 'pending' | 'delivered' | 'abandoned'
  task_status: string
  created_at: number
  next_try_at: number | null
  tries: { at: number; http_status: number | null; error: string | null; milliseconds: number }[]
}

export interface Account {
  name: string
  concurrency_limit: number
  unfinished: number
  units: { total: string | null; used: string; reserved: string }
  keys: {
    id: string
    kind: 'api_key' | 'key_pair'
    hint: string
    created_at: number
    current?: boolean
  }[]
  callback_secret: boolean
  retention_days: number
}

export interface NewKey {
  id: string
  api_key?: string
  access_key?: string
  secret_key?: string
}

export interface ElementItem {
  id: number
  name: string
  description: string
  tags: string[]
  status: string
  owner: string
  images: string[]
  videos: string[]
}

export interface ElementTask {
  id: string
  status: Status
  message: string
  createdAt: number
  elements: ElementItem[]
}

export type Json = Record<string, unknown>

const STATUSES: Record<string, Status> = {
  submitted: 'submitted',
  processing: 'processing',
  succeed: 'succeeded',
  succeeded: 'succeeded',
  failed: 'failed',
}

export const ended = (take: { status: Status }): boolean =>
  take.status === 'succeeded' || take.status === 'failed'

/** A take of a record of either design. */
export function takeOf(record: Json): Take {
  const legacy = 'task_id' in record
  const result = record['task_result'] as { videos?: Json[] } | undefined
  const outputs = (legacy ? result?.videos : (record['outputs'] as Json[] | undefined)) ?? []
  const video = outputs.find((output) => legacy || output['type'] === 'video')
  const billing = (record['billing'] as Json[] | undefined)?.[0]
  const info = record['task_info'] as Json | undefined
  const progress = (record['progress'] ?? {}) as { stage?: string; percent?: number }
  const status = STATUSES[text(record[legacy ? 'task_status' : 'status'])] ?? 'submitted'
  return {
    id: text(record[legacy ? 'task_id' : 'id']),
    externalId: text(legacy ? info?.['external_task_id'] : record['external_id']) || null,
    status,
    message: text(record[legacy ? 'task_status_msg' : 'message']),
    stage: progress.stage ?? '',
    percent: status === 'succeeded' ? 100 : (progress.percent ?? 0),
    createdAt: Number(record[legacy ? 'created_at' : 'create_time']),
    updatedAt: Number(record[legacy ? 'updated_at' : 'update_time']),
    video: video
      ? {
          url: text(video['url']),
          watermarkUrl: text(video['watermark_url']) || null,
          seconds: Number(video['duration'] ?? 0),
        }
      : null,
    coverUrl: text(record['cover_url']) || null,
    units: text(legacy ? record['final_unit_deduction'] : billing?.['amount']) || null,
  }
}

/** The making of an element, with what it made. */
export function elementTaskOf(record: Json): ElementTask {
  const made = (record['task_result'] as { elements?: Json[] } | undefined)?.elements ?? []
  return {
    id: text(record['task_id']),
    status: STATUSES[text(record['task_status'])] ?? 'submitted',
    message: text(record['task_status_msg']),
    createdAt: Number(record['created_at']),
    elements: made.map((element) => {
      const images = (element['element_image_list'] ?? {}) as {
        frontal_image?: string
        refer_images?: { image_url: string }[]
      }
      const videos = (element['element_video_list'] ?? {}) as {
        refer_videos?: { video_url: string }[]
      }
      const tags = (element['tag_list'] ?? []) as { tag_id?: string; id?: string }[]
      return {
        id: Number(element['element_id']),
        name: text(element['element_name']),
        description: text(element['element_description']),
        tags: tags.map((tag) => tag.tag_id ?? tag.id ?? ''),
        status: text(element['status']),
        owner: text(element['owned_by']),
        images: [
          ...(images.frontal_image ? [images.frontal_image] : []),
          ...(images.refer_images ?? []).map((image) => image.image_url),
        ],
        videos: (videos.refer_videos ?? []).map((video) => video.video_url),
      }
    }),
  }
}

const text = (value: unknown): string =>
  value === undefined || value === null ? '' : String(value)
