/** Mattes on canvases: grey PNGs as transparency, and the brush. */

import type { Point } from './edit'

/** A stroke of the brush, in pixels of the picture. */
export interface Stroke {
  adds: boolean
  radius: number
  points: readonly Point[]
}

/** Shade over what is not the figure. */
const SHADE = 'rgb(20 14 10 / 62%)'

/** A matte as a canvas that is opaque where the figure is. */
export async function opened(base64: string): Promise<HTMLCanvasElement> {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
  const [canvas, context] = empty(image.width, image.height)
  context.drawImage(image, 0, 0)
  image.close()
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height)
  for (let at = 0; at < pixels.data.length; at += 4) {
    pixels.data[at + 3] = pixels.data[at]!
    pixels.data.fill(255, at, at + 3)
  }
  context.putImageData(pixels, 0, 0)
  return canvas
}

/** Add one stroke to a matte, or take it away; `scale`: pixels of the matte for one of the picture. */
export function paint(matte: HTMLCanvasElement, stroke: Stroke, scale: number): void {
  const context = matte.getContext('2d')!
  const [first, ...rest] = stroke.points
  if (!first) return
  context.save()
  context.globalCompositeOperation = stroke.adds ? 'source-over' : 'destination-out'
  context.strokeStyle = '#fff'
  context.lineWidth = 2 * stroke.radius * scale
  context.lineCap = context.lineJoin = 'round'
  context.beginPath()
  context.moveTo(first[0] * scale, first[1] * scale)
  // A line of no length is a dot.
  context.lineTo(first[0] * scale, first[1] * scale)
  for (const [x, y] of rest) context.lineTo(x * scale, y * scale)
  context.stroke()
  context.restore()
}

/** Add a piece to a matte, or take it away. */
export function combine(matte: HTMLCanvasElement, piece: HTMLCanvasElement, adds: boolean): void {
  const context = matte.getContext('2d')!
  context.save()
  context.globalCompositeOperation = adds ? 'source-over' : 'destination-out'
  context.drawImage(piece, 0, 0, matte.width, matte.height)
  context.restore()
}

/** Draw a shade over what a matte leaves out. */
export function shade(target: HTMLCanvasElement, matte: HTMLCanvasElement): void {
  if (target.width !== matte.width || target.height !== matte.height) {
    target.width = matte.width
    target.height = matte.height
  }
  const context = target.getContext('2d')!
  context.globalCompositeOperation = 'source-over'
  context.clearRect(0, 0, target.width, target.height)
  context.fillStyle = SHADE
  context.fillRect(0, 0, target.width, target.height)
  context.globalCompositeOperation = 'destination-out'
  context.drawImage(matte, 0, 0)
}

/** The matte as a grey PNG in base 64. */
export function saved(matte: HTMLCanvasElement): string {
  const [canvas, context] = empty(matte.width, matte.height)
  context.fillStyle = '#000'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(matte, 0, 0)
  return canvas.toDataURL('image/png').replace(/^data:[^,]*,/, '')
}

function empty(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  return [canvas, canvas.getContext('2d', { willReadFrequently: true })!]
}
