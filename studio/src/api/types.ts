/** The API's types by the names that the page uses; all come from the server's description. */

import type { components } from './openapi'

type Schemas = components['schemas']

export type LegacyRecord = Schemas['MotionControlRecord']
export type TasksRecord = Schemas['TasksRecord']
export type ElementsRecord = Schemas['ElementsRecord']
export type TaskPage = Schemas['TaskList']

export type Status = TasksRecord['status']
export type Orientation = CreateBody['character_orientation']
export type Mode = CreateBody['mode']

/** A create in the legacy design; without a picture an element stands in for it. */
export type CreateBody = Omit<Schemas['Asked'], 'model_name'> & { model_name?: string }
export type TasksCreateBody = Schemas['TasksCreate']
export type ElementBody = Schemas['ElementsCreate']

export type Problem = Pick<Schemas['Problem'], 'field' | 'message'> & Partial<Schemas['Problem']>
export type Dropped = Schemas['Dropped']
export type PictureFinding = Schemas['PictureFinding']
export type ClipFinding = Schemas['ClipFinding']
export type Outline = NonNullable<PictureFinding['outline']>[number]
/** Time in seconds, then left, top, width and height as shares of the frame. */
export type Place = Schemas['DriverFinding']['path'][number]

/** Missing inputs are among the problems; everything else is inspected. */
export type Findings = Omit<Schemas['Findings'], 'problems'> & { problems: Problem[] }
export type Plan = Schemas['Plan']

export type Model = Omit<Schemas['ModelInfo'], 'modes'> & {
  modes: Partial<Record<Mode, Schemas['ModeInfo']>>
}
export type Limits = Omit<Schemas['LimitsInfo'], 'clip_seconds' | 'element_clip_bytes'> & {
  clip_seconds: Record<Orientation, number>
}
export type Capabilities = Omit<Schemas['Capabilities'], 'models' | 'limits'> & {
  models: Model[]
  limits: Limits
}

/** What a picture is cast as, and what of it was corrected. */
export type CharacterFinding = Omit<Schemas['CharacterFinding'], 'joints'> & {
  joints: Record<string, [number, number]>
}
export type Corrections = Schemas['CorrectionsBody']

export type StoredFile = Schemas['Uploaded']
export type TaskFile = Schemas['File']
export type Detail = Omit<Schemas['Detail'], 'report'> & { report: Report | null }

export type Account = Schemas['Profile']
export type NewKey = Schemas['NewKey']
export type CallbackEvent = Schemas['Event']
export type CallbackTry = Schemas['Try']

/** The parts of a report that the page shows; the description leaves reports open. */
export interface Report {
  engine: { name: string; version: string }
  used: { start: number; end: number }
  dropped: Dropped[]
  prompt: { understood: string[]; left_out: string[] }
  output: { size: [number, number]; fps: number; frames: number; duration: number; sound: string }
  warnings: string[]
  /** Stages whose results came from the cache. */
  cached: string[]
  seconds: number
}

/** A picture or clip that comes with the server, beside the API; `name` is its file's name. */
export interface Sample {
  kind: 'picture' | 'clip'
  name: string
  title: string
  url: string
}
