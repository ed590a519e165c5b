/** Calls to the server this page came from. */

import { callOf, TAKES } from './calls'
import { elementTaskOf, type ElementTask } from './element'
import { takeOf, type Take } from './take'
import type {
  Account,
  CallbackEvent,
  CallbackTry,
  Capabilities,
  CharacterFinding,
  Corrections,
  CreateBody,
  Detail,
  ElementBody,
  ElementsRecord,
  Findings,
  LegacyRecord,
  NewKey,
  Sample,
  Status,
  StoredFile,
  TaskPage,
  TasksRecord,
} from './types'

const ELEMENTS = 'v1/general/advanced-custom-elements'

/** A refusal of the server, or (status 0) no answer at all. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: number,
  ) {
    super(message)
  }

  get unauthenticated(): boolean {
    return this.status === 401
  }

  /** This server has no such path: an older one, or another make. */
  get missing(): boolean {
    return this.status === 404 || this.status === 405
  }

  get unreachable(): boolean {
    return this.status === 0
  }
}

export interface TakePage {
  takes: Take[]
  cursor: string | null
}

/** The API under one key. `base` ends with a slash. */
export class Api {
  constructor(
    readonly base: string,
    readonly key: string,
  ) {}

  /** Reading. */
  take = async (id: string): Promise<Take> => takeOf(await this.#get(`${TAKES}/${part(id)}`))
  detail = (id: string): Promise<Detail> => this.#get(`${TAKES}/${part(id)}/detail`)
  capabilities = (): Promise<Capabilities> => this.#get('v1/capabilities')
  /** Samples lie beside the page, not in the API. */
  async samples(): Promise<Sample[]> {
    const response = await this.#fetch('GET', this.base + 'studio/samples')
    if (!response.ok) return []
    const found = (await response.json()) as Omit<Sample, 'url'>[]
    return found.map((sample) => ({
      ...sample,
      url: `${this.base}studio/samples/${part(sample.name)}`,
    }))
  }

  account = (): Promise<Account> => this.#get('v1/account')
  callbacks = (): Promise<CallbackEvent[]> =>
    this.#get('v1/account/callbacks?pageNum=1&pageSize=50')

  async recent(count: number): Promise<Take[]> {
    const records: LegacyRecord[] = await this.#get(`${TAKES}?pageNum=1&pageSize=${count}`)
    return records.map(takeOf)
  }

  /** Takes by their ids or external ids; those that do not exist are left out. */
  async find(ids: string[], by: 'task_ids' | 'external_task_ids' = 'task_ids'): Promise<Take[]> {
    const records: TasksRecord[] = await this.#get(
      `tasks?${by}=${ids.map(encodeURIComponent).join(',')}`,
    )
    // The task of an element has no progress.
    return records.filter(({ progress }) => progress).map(takeOf)
  }

  /** A page of all takes, newest first. */
  async page(status: Status | null, cursor: string | null, limit: number): Promise<TakePage> {
    const filters = [{ key: 'product_type', values: ['video'] }]
    if (status) filters.push({ key: 'status', values: [status] })
    const body = cursor ? { cursor, limit, filters } : { start_time: 0, limit, filters }
    const page: TaskPage = await this.#post('tasks', body)
    return { takes: page.result.map(takeOf), cursor: (page.has_more && page.next_cursor) || null }
  }

  async elements(presets = false): Promise<ElementTask[]> {
    const path = presets ? 'v1/general/advanced-presets-elements' : ELEMENTS
    const records: ElementsRecord[] = await this.#get(`${path}?pageNum=1&pageSize=100`)
    return records.map(elementTaskOf)
  }

  /** Writing. */
  /** `modelPath`: what the tasks design calls the model, for a take without a picture. */
  async create(asked: CreateBody, modelPath: string): Promise<Take> {
    const { path, body } = callOf(asked, modelPath)
    return takeOf(await this.#post(path, body))
  }

  cancel = async (id: string): Promise<Take> =>
    takeOf(await this.#post(`${TAKES}/${part(id)}/cancel`, {}))
  remove = (id: string): Promise<unknown> => this.#send('DELETE', `${TAKES}/${part(id)}`)
  createKey = (kind: string): Promise<NewKey> => this.#post('v1/account/keys', { kind })
  removeKey = (id: string): Promise<unknown> => this.#send('DELETE', `v1/account/keys/${part(id)}`)
  rotateCallbackSecret = (): Promise<{ secret: string }> =>
    this.#post('v1/account/callback-secret', {})
  resend = (id: string): Promise<CallbackEvent> =>
    this.#post(`v1/account/callbacks/${part(id)}/resend`, {})
  testCallback = (url: string): Promise<CallbackTry> =>
    this.#post('v1/account/callbacks/test', { url })
  createElement = async (body: ElementBody): Promise<ElementTask> =>
    elementTaskOf(await this.#post(ELEMENTS, body))
  removeElement = (id: number): Promise<unknown> =>
    this.#post('v1/general/delete-elements', { element_id: id })

  /** What a picture is cast as; without corrections, with those in its file. */
  castCharacter(image_url: string, corrections?: Corrections): Promise<CharacterFinding> {
    return this.#post('v1/characters/cast', { image_url, ...(corrections && { corrections }) })
  }

  /** The part of a picture under a point, as a grey PNG in base 64. */
  async selectPiece(image_url: string, on: [number, number][]): Promise<string> {
    const { matte } = await this.#post<{ matte: string }>('v1/characters/select', { image_url, on })
    return matte
  }

  /** A small video of the character in test poses. */
  async poseCharacter(image_url: string, corrections: Corrections): Promise<Blob> {
    const { video } = await this.#post<{ video: string }>('v1/characters/poses', {
      image_url,
      corrections,
    })
    const bytes = Uint8Array.from(atob(video), (letter) => letter.charCodeAt(0))
    return new Blob([bytes], { type: 'video/mp4' })
  }

  /** Store a picture with corrections in its file. */
  correctCharacter(image_url: string, corrections: Corrections): Promise<StoredFile> {
    return this.#post('v1/characters', { image_url, corrections })
  }

  inspect(body: Partial<CreateBody>, signal: AbortSignal): Promise<Findings> {
    return this.#send('POST', `${TAKES}/inspect`, body, signal)
  }

  /** Upload a file for a field of a create, telling how much has left, from 0 to 1. */
  upload(
    file: Blob,
    name: string,
    field: 'image_url' | 'video_url' | null,
    tell: (sent: number) => void,
    signal: AbortSignal,
  ) {
    return new Promise<StoredFile>((resolve, reject) => {
      // fetch tells nothing about what it has sent.
      const request = new XMLHttpRequest()
      request.open('POST', `${this.base}v1/files${field ? `?field=${field}` : ''}`)
      request.setRequestHeader('authorization', `Bearer ${this.key}`)
      request.upload.onprogress = (event) => event.total && tell(event.loaded / event.total)
      request.onerror = () => reject(unreachable())
      request.onabort = () => reject(new DOMException('cancelled', 'AbortError'))
      request.onload = () => {
        try {
          resolve(dataOf<StoredFile>(request.status, request.responseText))
        } catch (error) {
          reject(error)
        }
      }
      signal.addEventListener('abort', () => request.abort())
      const form = new FormData()
      form.append('file', file, name)
      request.send(form)
    })
  }

  /** The file at an address of this server. */
  async blob(url: string): Promise<Blob> {
    const response = await this.#fetch('GET', url)
    if (!response.ok) throw new ApiError(`HTTP ${response.status}`, response.status, 0)
    return response.blob()
  }

  /** The stream of a task's events. */
  async events(id: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const path = this.base + `${TAKES}/${part(id)}/events`
    const response = await this.#fetch('GET', path, undefined, signal)
    if (!response.ok || !response.body) throw new ApiError('no events', response.status, 0)
    return response.body
  }

  #get<Data>(path: string): Promise<Data> {
    return this.#send('GET', path)
  }

  #post<Data>(path: string, body: unknown): Promise<Data> {
    return this.#send('POST', path, body)
  }

  async #send<Data>(
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<Data> {
    const response = await this.#fetch(method, this.base + path, body, signal)
    return dataOf<Data>(response.status, await response.text())
  }

  async #fetch(
    method: string,
    url: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.key}` }
    if (body !== undefined) headers['content-type'] = 'application/json'
    try {
      return await fetch(url, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        signal: signal ?? null,
        cache: 'no-store',
      })
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error
      throw unreachable()
    }
  }
}

/** The key of a server's own account, which it tells only to a page on the same machine. */
export async function localSession(
  base: string,
): Promise<{ account: string; api_key: string } | null> {
  try {
    const response = await fetch(base + 'studio/session', { cache: 'no-store' })
    return dataOf(response.status, await response.text())
  } catch {
    return null
  }
}

/** The data of an answer in the contract's envelope. Throws ApiError. */
export function dataOf<Data>(status: number, body: string): Data {
  let envelope: { code?: number; message?: string; data?: Data } | null = null
  try {
    envelope = JSON.parse(body) as { code?: number; message?: string; data?: Data }
  } catch {
    // A proxy's page, or nothing.
  }
  if (status >= 200 && status < 300 && envelope?.code === 0) return envelope.data as Data
  throw new ApiError(
    envelope?.message ?? `The server answered HTTP ${status}.`,
    status,
    envelope?.code ?? 0,
  )
}

const part = encodeURIComponent
const unreachable = (): ApiError => new ApiError('The server cannot be reached.', 0, 0)
