/** Recording a clip with the camera. The API takes MP4, so the browser must be able to record it. */

const TYPES = [
  'video/mp4;codecs=avc1.42E01F,mp4a.40.2',
  'video/mp4;codecs=avc1,mp4a.40.2',
  'video/mp4;codecs=avc1,opus',
  'video/mp4',
]

/** The MP4 that this browser can record, null when it can none. */
export function recordable(): string | null {
  if (typeof MediaRecorder === 'undefined' || !navigator.mediaDevices) return null
  return TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? null
}

/** Why the camera cannot be used here, '' when it can. */
export function obstacle(): string {
  if (!navigator.mediaDevices)
    return 'Browsers allow the camera only on https pages or on this machine.'
  return recordable() ? '' : 'This browser cannot record MP4.'
}

/** The camera's picture and sound; rejects when the user or the system refuses. */
export function openCamera(): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
    audio: true,
  })
}

export interface Recording {
  /** Stop; the clip comes back. */
  stop: () => Promise<File>
}

export function record(stream: MediaStream, type: string): Recording {
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: 8_000_000 })
  const parts: Blob[] = []
  recorder.ondataavailable = (event) => parts.push(event.data)
  recorder.start()
  return {
    stop: () =>
      new Promise((resolve) => {
        recorder.onstop = () => {
          const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
          resolve(new File(parts, `camera ${stamp}.mp4`, { type: 'video/mp4' }))
        }
        recorder.stop()
      }),
  }
}

export function closeCamera(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop()
}
