/** Small frames of a clip, spread evenly over it, drawn as the browser decodes them. */

export interface Frames {
  pictures: HTMLCanvasElement[]
  duration: number
}

const HEIGHT = 72

/** Draw `count` frames of a clip; rejects when the browser cannot play it or `signal` stops it. */
export async function framesOf(
  url: string,
  count: number,
  signal: AbortSignal,
  tell: (frame: HTMLCanvasElement, index: number) => void,
): Promise<number> {
  const video = document.createElement('video')
  video.muted = true
  video.preload = 'auto'
  video.playsInline = true
  try {
    await once(video, 'loadeddata', signal, () => (video.src = url))
    const duration = await durationOf(video, signal)
    const pixels = Math.round(HEIGHT * Math.min(2, devicePixelRatio))
    for (let index = 0; index < count; index++) {
      const time = Math.min(duration - 0.05, ((index + 0.5) / count) * duration)
      await once(video, 'seeked', signal, () => (video.currentTime = Math.max(0, time)))
      const canvas = document.createElement('canvas')
      canvas.height = pixels
      canvas.width = Math.max(1, Math.round((pixels * video.videoWidth) / video.videoHeight))
      canvas.getContext('2d')!.drawImage(video, 0, 0, canvas.width, canvas.height)
      tell(canvas, index)
    }
    return duration
  } finally {
    video.removeAttribute('src')
    video.load()
  }
}

/** A recording's length is unknown until its end was sought. */
async function durationOf(video: HTMLVideoElement, signal: AbortSignal): Promise<number> {
  if (Number.isFinite(video.duration)) return video.duration
  await once(video, 'durationchange', signal, () => (video.currentTime = 1e9))
  return video.duration
}

function once(
  video: HTMLVideoElement,
  event: string,
  signal: AbortSignal,
  act: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = new AbortController()
    const settle = (end: () => void) => () => {
      over.abort()
      end()
    }
    const options = { signal: over.signal }
    video.addEventListener(event, settle(resolve), options)
    video.addEventListener(
      'error',
      settle(() => reject(new Error('the browser cannot play this'))),
      options,
    )
    signal.addEventListener(
      'abort',
      settle(() => reject(signal.reason as Error)),
      options,
    )
    if (signal.aborted) reject(signal.reason as Error)
    else act()
  })
}
