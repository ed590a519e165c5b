import { expect, it } from 'vitest'
import { eventData } from './events'

function stream(...parts: string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(encoder.encode(part))
      controller.close()
    },
  })
}

async function all(...parts: string[]): Promise<string[]> {
  const found: string[] = []
  for await (const data of eventData(stream(...parts))) found.push(data)
  return found
}

it('reads events whatever their names, and leaves comments out', async () => {
  expect(await all('event: progress\ndata: {"a":1}\n\n: still here\n\ndata:2\n\n')).toEqual([
    '{"a":1}',
    '2',
  ])
})

it('reads events that arrive in any pieces, with any line ends', async () => {
  const text = 'data: one\r\ndata: two\r\n\r\nid: 7\r\ndata: three\r\n\r\n'
  for (let cut = 1; cut < text.length; cut++) {
    expect(await all(text.slice(0, cut), text.slice(cut))).toEqual(['one\ntwo', 'three'])
  }
})

it('leaves out an event that was not finished', async () => {
  expect(await all('data: one\n\ndata: tw')).toEqual(['one'])
})
