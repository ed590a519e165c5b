import { describe, expect, it } from 'vitest'
import { callOf } from './calls'
import type { CreateBody } from './types'

const ASKED: CreateBody = {
  model_name: 'kling-v3',
  image_url: 'http://s.example/v1/files/p',
  video_url: 'http://s.example/v1/files/c',
  prompt: 'zoom in',
  element_list: [{ element_id: 42 }],
  keep_original_sound: 'no',
  character_orientation: 'video',
  mode: 'pro',
  watermark_info: { enabled: true },
  external_task_id: 'studio-1',
}

describe('the call that makes a take', () => {
  it('is the legacy design’s with a picture', () => {
    expect(callOf(ASKED, 'kling-3.0')).toEqual({ path: 'v1/videos/motion-control', body: ASKED })
  })

  it('is the tasks design’s without one, and asks for the same', () => {
    const { image_url: _, ...asked } = ASKED
    expect(callOf(asked, 'kling-3.0')).toEqual({
      path: 'motion-control/kling-3.0',
      body: {
        contents: [
          { type: 'prompt', text: 'zoom in' },
          { type: 'video', url: ASKED.video_url },
          { type: 'element', element_id: 42 },
        ],
        settings: { character_orientation: 'video', audio: 'off', resolution: '1080p' },
        options: { external_task_id: 'studio-1', watermark_info: { enabled: true } },
      },
    })
  })

  it('leaves out what was not asked for', () => {
    const { image_url: _p, prompt: _t, watermark_info: _w, external_task_id: _e, ...asked } = ASKED
    const { body } = callOf({ ...asked, keep_original_sound: 'yes', mode: 'std' }, 'kling-3.0')
    expect(body).not.toHaveProperty('options')
    expect(body).toHaveProperty('contents.length', 2)
    expect(body).toMatchObject({ settings: { audio: 'original', resolution: '720p' } })
  })
})
