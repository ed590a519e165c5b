import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Api } from '../api/api'
import type { Take } from '../api/take'
import { takes } from './takes.svelte'

const running = (id: string): Take =>
  ({ id, status: 'processing', stage: 'render', percent: 10, createdAt: 1, updatedAt: 1 }) as Take

function stream(event: object): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`))
      controller.close()
    },
  })
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('window', globalThis)
})

afterEach(() => {
  takes.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('waits for the records of takes whose streams have ended', async () => {
  let list = [running('1'), running('2')]
  const events = vi.fn(async () => stream({ status: 'succeed', stage: 'finish', percent: 100 }))
  const recent = vi.fn(async () => list)
  const api = { recent, events, detail: async () => ({ files: [] }) } as unknown as Api
  takes.start(api, () => {})
  await vi.advanceTimersByTimeAsync(1000)
  // Each stream has ended once, and a round was made soon after.
  expect(events.mock.calls.length).toBe(2)
  expect(recent.mock.calls.length).toBeGreaterThanOrEqual(2)
  expect(takes.list.map((take) => take.percent)).toEqual([10, 10])

  list = list.map((take) => ({ ...take, status: 'succeeded', updatedAt: 2 }) as Take)
  await vi.advanceTimersByTimeAsync(3000)
  expect(takes.running).toEqual([])
})

it('shows what a stream tells of a take that goes on', async () => {
  const api = {
    recent: async () => [running('1')],
    events: async () => stream({ status: 'processing', stage: 'render', percent: 42 }),
    detail: async () => ({ files: [] }),
  } as unknown as Api
  takes.start(api, () => {})
  await vi.advanceTimersByTimeAsync(100)
  expect(takes.list[0]?.percent).toBe(42)
})
