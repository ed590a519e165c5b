/** Which call makes a take: the legacy design asks for a picture, the tasks design does not. */

import type { CreateBody, TasksCreateBody } from './types'

export const TAKES = 'v1/videos/motion-control'

/** The path, without a slash before it, and the body of a call. */
export interface Call {
  path: string
  body: CreateBody | TasksCreateBody
}

/** The call that makes the take of `asked`; `modelPath` is what the tasks design calls its model. */
export function callOf(asked: CreateBody, modelPath: string): Call {
  if (asked.image_url) return { path: TAKES, body: { ...asked } }
  const options = {
    ...(asked.callback_url && { callback_url: asked.callback_url }),
    ...(asked.external_task_id && { external_task_id: asked.external_task_id }),
    ...(asked.watermark_info && { watermark_info: asked.watermark_info }),
  }
  return {
    path: `motion-control/${encodeURIComponent(modelPath)}`,
    body: {
      contents: [
        ...(asked.prompt ? [{ type: 'prompt' as const, text: asked.prompt }] : []),
        { type: 'video', url: asked.video_url },
        ...(asked.element_list ?? []).map((element) => ({
          type: 'element' as const,
          ...element,
        })),
      ],
      settings: {
        character_orientation: asked.character_orientation,
        audio: asked.keep_original_sound === 'no' ? 'off' : 'original',
        resolution: asked.mode === 'pro' ? '1080p' : '720p',
        ...(asked.background && { background: asked.background }),
        ...(asked.output_format && { output_format: asked.output_format }),
        ...(asked.loop && { loop: asked.loop }),
        ...(asked.driver && { driver: asked.driver }),
        ...(asked.motion_strength !== undefined && { motion_strength: asked.motion_strength }),
        ...(asked.motion_parts && { motion_parts: asked.motion_parts }),
        ...(asked.motion_smoothing && { motion_smoothing: asked.motion_smoothing }),
        ...(asked.motion_camera && { motion_camera: asked.motion_camera }),
      },
      ...(Object.keys(options).length > 0 && { options }),
    },
  }
}
