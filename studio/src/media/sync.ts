/** Several videos that play as one. */

export interface Follower {
  video: HTMLVideoElement
  /** Seconds that it is ahead of the leader. */
  offset: number
}

// Below this the eye sees no difference; above it, a jump is less disturbing than the lag.
const NUDGE = 0.02
const JUMP = 0.2

/** What a follower should do to be with the leader: jump, or run a little faster or slower. */
export function correction(
  leader: number,
  follower: number,
  rate: number,
): { jump: boolean; rate: number } {
  const behind = leader - follower
  if (Math.abs(behind) > JUMP) return { jump: true, rate }
  if (Math.abs(behind) < NUDGE) return { jump: false, rate }
  return { jump: false, rate: rate * (1 + Math.max(-0.15, Math.min(0.15, behind * 1.5))) }
}

/** Make `followers` do what `leader` does, until the returned function is called. */
export function follow(leader: HTMLVideoElement, followers: () => Follower[]): () => void {
  const stop = new AbortController()
  let frame = 0
  const align = () => {
    for (const { video, offset } of followers()) {
      const wanted = Math.min(leader.currentTime + offset, (video.duration || Infinity) - 0.01)
      if (leader.paused || leader.seeking) {
        if (Math.abs(video.currentTime - wanted) > 0.005 && !video.seeking)
          video.currentTime = wanted
        if (!video.paused) video.pause()
        continue
      }
      if (video.paused && !video.ended) video.play().catch(() => undefined)
      const { jump, rate } = correction(wanted, video.currentTime, leader.playbackRate)
      if (jump && !video.seeking) video.currentTime = wanted
      if (video.playbackRate !== rate) video.playbackRate = rate
    }
  }
  const loop = () => {
    align()
    frame = requestAnimationFrame(loop)
  }
  loop()
  for (const event of ['seeking', 'seeked', 'pause', 'play', 'ratechange']) {
    leader.addEventListener(event, align, { signal: stop.signal })
  }
  return () => {
    stop.abort()
    cancelAnimationFrame(frame)
  }
}
