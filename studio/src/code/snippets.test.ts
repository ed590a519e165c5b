import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { CreateBody } from '../api/types'
import { snippet } from './snippets'

const BODY: CreateBody = {
  model_name: 'kling-v3',
  image_url: 'http://s.example/v1/files/p',
  video_url: 'http://s.example/v1/files/c',
  prompt: `it's a "slow" zoom \\ in\n$HOME 🎭`,
  element_list: [{ element_id: 42 }],
  keep_original_sound: 'no',
  character_orientation: 'video',
  mode: 'pro',
  watermark_info: { enabled: true },
  external_task_id: 'studio-1',
}

describe('the same take as a call', () => {
  it('is never made under the same external id', () => {
    for (const language of ['curl', 'python', 'typescript'] as const) {
      expect(snippet(language, 'http://s.example/', BODY, 'kling-3.0')).not.toContain('studio-1')
    }
  })

  it('passes the body through a shell unchanged', () => {
    const code = snippet('curl', 'http://s.example/', BODY, 'kling-3.0').split('# Poll')[0]!
    const data = code.replace(/^curl /, `printf '%s\\0' `)
    const words = execFileSync('sh', ['-c', data]).toString().split('\0')
    const { external_task_id: _, ...told } = BODY
    expect(words[0]).toBe('http://s.example/v1/videos/motion-control')
    expect(JSON.parse(words[words.indexOf('-d') + 1]!)).toEqual(told)
  })

  it('is Python that names every option that differs from the client’s own', () => {
    const code = snippet('python', 'http://s.example', BODY, 'kling-3.0')
    const program = `
import ast, json, sys
call = next(node for node in ast.walk(ast.parse(sys.stdin.read()))
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "animate")
print(json.dumps([[ast.literal_eval(a) for a in call.args],
                  {k.arg: ast.literal_eval(k.value) for k in call.keywords}]))`
    const [given, named] = JSON.parse(
      execFileSync('python3', ['-c', program], { input: code }).toString(),
    ) as [string[], Record<string, unknown>]
    expect(given).toEqual([BODY.image_url, BODY.video_url])
    expect(named).toEqual({
      orientation: 'video',
      mode: 'pro',
      model: 'kling-v3',
      prompt: BODY.prompt,
      sound: false,
      watermark: true,
      element: 42,
      output: 'take.mp4',
      progress: true,
    })
  })

  it('is Python without a picture when an element stands for it', () => {
    const { image_url: _, ...body } = BODY
    expect(snippet('python', 'http://s.example', body, 'kling-3.0')).toContain('        None,\n')
  })

  it('goes through the tasks design without a picture', () => {
    const { image_url: _, ...body } = BODY
    for (const language of ['curl', 'typescript'] as const) {
      const code = snippet(language, 'http://s.example', body, 'kling-3.0')
      expect(code).toContain('/motion-control/kling-3.0')
      expect(code).not.toContain('image')
    }
  })

  it('is TypeScript that an engine can parse', () => {
    const { image_url: _, ...pictureless } = BODY
    for (const body of [BODY, pictureless]) {
      const code = snippet('typescript', 'http://s.example', body, 'kling-3.0').replace(
        'path: string, init: RequestInit = {}',
        'path, init = {}',
      )
      expect(() => new Function(`return (async () => {${code}})`)).not.toThrow()
    }
  })
})
