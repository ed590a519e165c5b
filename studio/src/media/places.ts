/** Where the driver is at a time of the clip. */

import type { Place } from '../api/types'

export interface Box {
  left: number
  top: number
  width: number
  height: number
}

/** Between the sightings around a time; null before the first and after the last. */
export function boxAt(path: Place[], time: number): Box | null {
  const after = path.findIndex(([at]) => at >= time)
  const next = path[after]
  if (!next) return null
  const before = path[after - 1]
  if (!before) return next[0] - time < 0.05 ? boxOf(next) : null
  const share = (time - before[0]) / (next[0] - before[0] || 1)
  return boxOf(next.map((value, index) => before[index]! + share * (value - before[index]!)))
}

function boxOf([, left, top, width, height]: number[]): Box {
  return { left: left!, top: top!, width: width!, height: height! }
}
