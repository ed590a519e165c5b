import { beforeEach, afterEach, expect, it, vi } from 'vitest'
import { ApiError, type Api } from '../api/api'
import type { Capabilities, Findings } from '../api/types'
import { DEFAULTS, draft } from './draft.svelte'
import { notices } from './notices.svelte'
import { session } from './session.svelte'

const png = (name = 'a.png') => new File([new Uint8Array(5)], name, { type: 'image/png' })
const mp4 = () => new File([new Uint8Array(5)], 'c.mp4', { type: 'video/mp4' })
const FOUND: Findings = { usable: true, problems: [], plan: null, picture: null, clip: null }
const model = (name: string, available: boolean, element: boolean) =>
  ({ name, path: name, available, element }) as Capabilities['models'][number]

let server: Record<string, ReturnType<typeof vi.fn>>

beforeEach(() => {
  vi.useFakeTimers()
  server = {
    upload: vi.fn(async (_file, name) => ({ url: `http://s/${name}` })),
    inspect: vi.fn(async () => FOUND),
    create: vi.fn(async () => ({ id: '1' })),
    find: vi.fn(async () => []),
  }
  session.api = server as unknown as Api
  session.capabilities = {
    models: [model('off', false, true), model('plain', true, false), model('able', true, true)],
    limits: { picture_bytes: 10, clip_bytes: 10, clip_seconds: { video: 30, image: 10 } },
  } as Capabilities
})

afterEach(() => {
  draft.clear('picture')
  draft.clear('clip')
  draft.options = { ...DEFAULTS }
  for (const notice of notices.list) notices.dismiss(notice.id)
  session.api = session.capabilities = null
  localStorage.clear()
  vi.useRealTimers()
})

it('uploads both files, then asks once for the plan', async () => {
  await draft.choose('picture', png())
  await draft.choose('clip', mp4())
  await vi.runOnlyPendingTimersAsync()
  expect(server['inspect']).toHaveBeenCalledTimes(1)
  expect(server['inspect']!.mock.calls[0]![0]).toMatchObject({
    image_url: 'http://s/a.png',
    video_url: 'http://s/c.mp4',
  })
  expect(draft.waitingFor).toBe('')
})

it('does not upload a file that is refused anyway', async () => {
  await draft.choose('picture', new File([new Uint8Array(11)], 'big.png', { type: 'image/png' }))
  expect(server['upload']).not.toHaveBeenCalled()
  expect(draft.problemsOf('image_url')).toHaveLength(1)
})

it('does not count a missing clip as a problem', async () => {
  const problem = { field: 'video_url', message: 'missing' }
  server['inspect']!.mockResolvedValue({ ...FOUND, usable: false, problems: [problem] })
  await draft.choose('picture', png())
  await vi.runOnlyPendingTimersAsync()
  expect(draft.problems).toEqual([])
  expect(draft.waitingFor).toBe('Choose a clip.')
})

it('ignores the upload of a picture that was replaced', async () => {
  let finish = (_stored: { url: string }) => {}
  server['upload']!.mockReturnValueOnce(new Promise((resolve) => (finish = resolve)))
  const first = draft.choose('picture', png('first.png'))
  await vi.advanceTimersByTimeAsync(0)
  await draft.choose('picture', png('second.png'))
  finish({ url: 'http://s/first.png' })
  await first
  expect(draft.media.picture?.url).toBe('http://s/second.png')
})

it('shows on the medium why it could not be uploaded', async () => {
  server['upload']!.mockRejectedValue(new ApiError('no space', 500, 5000))
  await draft.choose('picture', png())
  expect(draft.problemsOf('image_url')).toEqual([{ field: 'image_url', message: 'no space' }])
})

it('sends only what differs from the defaults', () => {
  draft.point('clip', { name: 'c', source: 'url', url: 'http://c/c.mp4' })
  draft.options = { ...DEFAULTS, prompt: '  zoom in ', sound: false, watermark: true }
  expect(draft.body()).toEqual({
    video_url: 'http://c/c.mp4',
    prompt: 'zoom in',
    keep_original_sound: 'no',
    character_orientation: 'video',
    mode: 'std',
    watermark_info: { enabled: true },
  })
})

it('asks for a format that can be transparent, and for the person who was chosen', () => {
  draft.point('clip', { name: 'c', source: 'url', url: 'http://c/c.mp4' })
  draft.options = { ...DEFAULTS, background: 'transparent', loop: true, driver: 2 }
  expect(draft.body()).toMatchObject({
    background: 'transparent',
    output_format: 'webm',
    loop: true,
    driver: 2,
  })
  draft.point('clip', { name: 'd', source: 'url', url: 'http://c/d.mp4' })
  expect(draft.options.driver).toBeNull()
  draft.options.background = '#ffffff'
  expect(draft.body()).toMatchObject({ background: '#ffffff' })
  expect(draft.body()).not.toHaveProperty('output_format')
})

it('chooses an available model, and one that takes elements with an element', () => {
  draft.settle()
  expect(draft.options.model).toBe('plain')
  draft.useElement({ id: 7 } as never)
  expect(draft.options).toMatchObject({ model: 'able', element: 7 })
  expect(draft.elementStandsIn).toBe(true)
})

it('finds the take that was made although the answer was lost', async () => {
  server['create']!.mockRejectedValueOnce(new ApiError('gone', 0, 0))
  server['find']!.mockResolvedValue([{ id: '9' }])
  expect((await draft.start())?.id).toBe('9')
  const asked = server['create']!.mock.calls[0]![0] as { external_task_id: string }
  expect(server['find']).toHaveBeenCalledWith([asked.external_task_id], 'external_task_ids')
  expect(server['create']).toHaveBeenCalledTimes(1)
})

it('retries under the same id while the server is away, under a new one after a refusal', async () => {
  const ids = () => server['create']!.mock.calls.map(([body]) => body.external_task_id as string)
  server['create']!.mockRejectedValue(new ApiError('gone', 0, 0))
  server['find']!.mockRejectedValue(new ApiError('gone', 0, 0))
  expect(await draft.start()).toBeNull()
  await draft.start()
  server['create']!.mockRejectedValue(new ApiError('bad', 400, 1201))
  await draft.start()
  await draft.start()
  expect(new Set(ids().slice(0, 3)).size).toBe(1)
  expect(ids()[3]).not.toBe(ids()[2])
})

it('brings options and addresses back after a reload', async () => {
  draft.point('clip', { name: 'c', source: 'url', url: 'http://c/c.mp4' })
  draft.options.prompt = 'zoom'
  draft.keep()
  const kept = localStorage.getItem('understudy.draft')!
  draft.clear('clip')
  draft.options = { ...DEFAULTS }
  localStorage.setItem('understudy.draft', kept)
  await draft.restore()
  expect(draft.options.prompt).toBe('zoom')
  expect(draft.media.clip).toMatchObject({ url: 'http://c/c.mp4', show: 'http://c/c.mp4' })
})
