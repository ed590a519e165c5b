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

/** Wait until every file has been sent and inspected. */
async function looked(options: Partial<CreateBody> = FIRST): Promise<void> {
  batch.look(options)
  await vi.waitFor(() => expect(batch.waitingFor).not.toContain('Checking'))
}

beforeEach(() => {
  server = {
    upload: vi.fn(async (_file, name) => ({ url: name })),
    inspect: vi.fn(async () => ({ problems: [] })),
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
  await looked()
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
  await looked()
  server['create']!.mockRejectedValueOnce(new Error('refused'))
  await batch.start(FIRST, 'm', () => undefined)
  expect(notices.list.map(({ text }) => text)).toEqual([
    'empty.png: This file is empty.',
    'Refused.',
  ])
  expect(batch.starting).toBe(false)
})

it('inspects each file once for the same options, and says what is wrong before anything starts', async () => {
  batch.add('picture', [png('q'), png('bad')])
  batch.add('clip', [mp4('d')])
  expect(batch.waitingFor).toBe('Checking the other files …')
  server['inspect']!.mockImplementation(async ({ image_url }) => ({
    problems: [
      ...(image_url === 'bad' ? [{ field: 'image_url', message: 'Nobody is there.' }] : []),
      // What is not given is missing, which is no fault of the file.
      { field: image_url ? 'video_url' : 'image_url', message: 'must not be blank' },
    ],
    picture: image_url ? { warnings: ['Small.'] } : null,
  }))
  await looked()
  expect(batch.more.picture.map(({ problems }) => problems.length)).toEqual([0, 1])
  expect(batch.more.picture[0]!.warnings).toEqual(['Small.'])
  expect(batch.more.clip[0]!.problems).toEqual([])
  expect(batch.waitingFor).toBe('Remove the files that cannot be used first.')
  await looked()
  expect(server['inspect']).toHaveBeenCalledTimes(3)
  await looked({ ...FIRST, character_orientation: 'image' })
  expect(server['inspect']).toHaveBeenCalledTimes(6)
  expect(server['upload']).toHaveBeenCalledTimes(3)
  batch.remove('picture', 1)
  expect(batch.waitingFor).toBe('')
})
