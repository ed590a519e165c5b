/** Server-sent events, read from a fetch so that the key can go in a header. */

import type { Api } from './api'

export interface TaskEvent {
  status: string
  message?: string
  stage: string
  percent: number
  /** A JPEG in base64. */
  preview?: string
}

/** The `data` of each event of a stream. */
export async function* eventData(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = stream.pipeThrough(new TextDecoderStream() as never).getReader()
  let rest = ''
  let data: string[] = []
  for (;;) {
    const { done, value } = (await reader.read()) as { done: boolean; value?: string }
    if (done) return
    const lines = (rest + value).split(/\r\n|\n|\r(?=[^])/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''))
      else if (line === '' && data.length) {
        yield data.join('\n')
        data = []
      }
    }
  }
}

/** Follow a task until its stream ends or `signal` stops it; says whether there was a stream. */
export async function follow(
  api: Api,
  id: string,
  tell: (event: TaskEvent) => void,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    for await (const data of eventData(await api.events(id, signal))) {
      tell(JSON.parse(data) as TaskEvent)
    }
    return true
  } catch {
    return false
  }
}
