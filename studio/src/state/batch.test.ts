import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Api } from '../api/api'
import type { CreateBody } from '../api/types'
import { batch } from './batch.svelte'
import { notices } from './notices.svelte'
import { session } from './session.svelte'

const png = (name: string) => new File([new Uint8Array(5)], name, { type: 'image/png' })
const mp4 = (name: string) => new File([new Uint8Array(5)], name, { type: 'video/mp4' })
const FIRST = { image_url: 'p', video_url: 'c', mode: 'std', driver: 2 } as CreateBody

let server: Record<string, ReturnType<typeof vi.fn>>

beforeEach(() => {
  server = {
    upload: vi.fn(async (_file, name) => ({ url: name })),
    create: vi.fn(async (body) => ({ id: `${body.image_url}-${body.video_url}` })),
  }
  session.api = server as unknown as Api
})

afterEach(() => {
  batch.more = { picture: [], clip: [] }
  for (const notice of notices.list) notices.dismiss(notice.id)
  session.api = null
})

it('makes a take of every picture with every clip, and sends each file once', async () => {
  batch.add('picture', [png('q')])
  batch.add('clip', [mp4('d')])
  expect(batch.takes).toBe(4)
  const started: string[] = []
  await batch.start(FIRST, 'm', (take) => started.push(take.id))
  expect(started).toEqual(['q-c', 'p-d', 'q-d'])
  expect(server['upload']).toHaveBeenCalledTimes(2)
  const bodies = server['create']!.mock.calls.map(([body]) => body)
  expect(bodies.map(({ driver }) => driver)).toEqual([2, undefined, undefined])
  expect(new Set(bodies.map((body) => body.external_task_id)).size).toBe(3)
  expect(batch.takes).toBe(1)
})

it('tells of what cannot be used and goes on with the rest', async () => {
  batch.add('picture', [png('q'), new File([], 'empty.png', { type: 'image/png' })])
  expect(batch.takes).toBe(2)
  server['create']!.mockRejectedValueOnce(new Error('refused'))
  await batch.start(FIRST, 'm', () => undefined)
  expect(notices.list.map(({ text }) => text)).toEqual([
    'empty.png: This file is empty.',
    'Refused.',
  ])
  expect(batch.starting).toBe(false)
})
