/** The character that is being adjusted: what the server finds, and what somebody corrects. */

import { ApiError } from '../api/api'
import type { CharacterFinding, StoredFile } from '../api/types'
import { api } from '../state/session.svelte'
import { plain } from '../ui/words'
import { correctionsOf, History, NOTHING, type Edit, type Point } from './edit'
import { standing } from './skeleton'

/** After a change, before the server looks at it: somebody who drags changes much at once. */
const LOOK_AFTER_MS = 500

class Adjusting {
  found: CharacterFinding | null = $state.raw(null)
  looking = $state(false)
  /** The character in test poses, as it was corrected last; '' while there is none. */
  poses = $state('')
  saving = $state(false)
  selecting = $state(false)
  /** Why the server cannot cast the picture as it is. */
  problem = $state('')
  #url = $state('')
  #size = $state.raw({ width: 1, height: 1 })
  #history: History<Edit> = $state.raw(new History(NOTHING))
  #saved: Edit = $state.raw(NOTHING)
  /** Joints to start from where nobody was found. */
  #template: Record<string, Point> | null = $state.raw(null)
  /** Where the server finds joints that nobody moves, also those that are moved now. */
  #automatic: Record<string, Point> = $state.raw({})
  #timer = 0
  #posing = false
  #looked: Edit | null = null

  get edit(): Edit {
    return this.#history.now
  }

  get canUndo(): boolean {
    return this.#history.canUndo
  }

  get canRedo(): boolean {
    return this.#history.canRedo
  }

  get changed(): boolean {
    return this.edit !== this.#saved
  }

  /** Whether anything is corrected. */
  get corrected(): boolean {
    const { joints, matte, left_arm, right_arm, legs, figure } = this.edit
    const chosen = [left_arm, right_arm, legs].some((choice) => choice !== 'auto')
    return Object.keys(joints).length > 0 || matte !== null || figure !== null || chosen
  }

  get size(): { width: number; height: number } {
    return this.found ?? this.#size
  }

  /** All joints: where they were put, else where they were found. */
  get joints(): Record<string, Point> {
    return {
      ...this.#template,
      ...this.found?.joints,
      ...this.#automatic,
      ...this.edit.joints,
    }
  }

  /** The matte that is seen, '' while there is none. */
  get matte(): string {
    return this.edit.matte ?? this.found?.matte ?? ''
  }

  /** Begin with a picture; what was changed of the same one and not saved is still there. */
  async open(url: string, size: { width: number; height: number }): Promise<void> {
    if (url === this.#url && this.found) return
    clearTimeout(this.#timer)
    this.#url = url
    this.#size = size
    this.found = this.#template = this.#looked = null
    this.#automatic = {}
    this.#begin(NOTHING)
    this.#show(null)
    const found = await this.#ask(url, () => api().castCharacter(url))
    if (found) {
      this.#begin(editOf(found))
      void this.#pose()
    } else if (this.#url === url && this.problem) this.#template = standing(size.width, size.height)
  }

  /** `tag`: the gesture that it is part of, if any. */
  change(edit: Edit, tag = ''): void {
    // Who places one joint of a figure that was not found places the figure.
    const places = this.#template && Object.keys(edit.joints).length > 0
    const joints = places ? { ...this.#template, ...edit.joints } : edit.joints
    this.#go(this.#history.change({ ...edit, joints }, tag))
  }

  /** The gesture is over. */
  settle(): void {
    this.#history = this.#history.settled()
  }

  undo(): void {
    this.#go(this.#history.undo())
  }

  redo(): void {
    this.#go(this.#history.redo())
  }

  /** The part of the picture under a point, as a grey PNG in base 64; null where there is none. */
  async select([x, y]: Point): Promise<string | null> {
    this.selecting = true
    try {
      const piece = await api().selectPiece(this.#url, [[x, y]])
      this.problem = ''
      return piece
    } catch (error) {
      this.problem = plain((error as Error).message)
      return null
    } finally {
      this.selecting = false
    }
  }

  /** Store the picture as it is corrected; null when that did not work. */
  async save(): Promise<StoredFile | null> {
    const edit = this.edit
    this.saving = true
    try {
      const stored = await api().correctCharacter(this.#url, correctionsOf(edit))
      this.#url = stored.url
      this.#saved = edit
      this.problem = ''
      return stored
    } catch (error) {
      this.problem = plain((error as Error).message)
      return null
    } finally {
      this.saving = false
    }
  }

  #begin(edit: Edit): void {
    this.#history = new History(edit)
    this.#saved = this.#looked = edit
  }

  #go(history: History<Edit>): void {
    this.#history = history
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => void this.#look(), LOOK_AFTER_MS)
  }

  /** Ask for the newest edit, one at a time. */
  async #look(): Promise<void> {
    if (this.looking || this.#looked === this.edit) return
    const edit = (this.#looked = this.edit)
    const url = this.#url
    const found = await this.#ask(url, () => api().castCharacter(url, correctionsOf(edit)))
    if (this.#looked !== edit) return
    if (this.edit !== edit) void this.#look()
    else if (found) void this.#pose()
  }

  /** Show the newest edit in test poses, one at a time. */
  async #pose(): Promise<void> {
    if (this.#posing) return
    const [url, edit] = [this.#url, this.edit]
    this.#posing = true
    try {
      const poses = await api().poseCharacter(url, correctionsOf(edit))
      if (url === this.#url) this.#show(poses)
    } catch (error) {
      // What is wrong with the character was said when it was cast.
      if (!(error instanceof ApiError)) throw error
    } finally {
      this.#posing = false
    }
    if (url !== this.#url || (this.#looked === this.edit && this.edit !== edit)) void this.#pose()
  }

  #show(poses: Blob | null): void {
    if (this.poses) URL.revokeObjectURL(this.poses)
    this.poses = poses ? URL.createObjectURL(poses) : ''
  }

  async #ask(url: string, ask: () => Promise<CharacterFinding>): Promise<CharacterFinding | null> {
    this.looking = true
    try {
      const found = await ask()
      if (url !== this.#url) return null
      this.problem = ''
      const given = found.corrections.joints
      const automatic = Object.entries(found.joints).filter(([name]) => !(name in given))
      this.#automatic = { ...this.#automatic, ...Object.fromEntries(automatic) }
      return (this.found = found)
    } catch (error) {
      if (url === this.#url) this.problem = plain((error as Error).message)
      if (!(error instanceof ApiError)) throw error
      return null
    } finally {
      this.looking = false
    }
  }
}

/** The edit that a picture's own corrections are. */
function editOf({ corrections }: CharacterFinding): Edit {
  return { ...corrections, joints: corrections.joints as Edit['joints'] }
}

export const adjusting = new Adjusting()
