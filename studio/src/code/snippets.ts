/** This take as an API call: curl, Python and TypeScript that do exactly what the page did. */

import { callOf, TAKES } from '../api/calls'
import type { CreateBody } from '../api/types'

export type Language = 'curl' | 'python' | 'typescript'
export const LANGUAGES: { value: Language; label: string }[] = [
  { value: 'curl', label: 'curl' },
  { value: 'python', label: 'Python' },
  { value: 'typescript', label: 'TypeScript' },
]

/**
 * The call of a body to the server at `base`; the key comes from UNDERSTUDY_API_KEY.
 * `modelPath` is what the tasks design calls the model, which takes without a picture go to.
 */
export function snippet(
  language: Language,
  base: string,
  asked: CreateBody,
  modelPath: string,
): string {
  const { external_task_id: _, ...told } = asked
  const server = base.replace(/\/$/, '')
  return { curl, python, typescript }[language](server, told, modelPath)
}

function curl(server: string, asked: CreateBody, modelPath: string): string {
  const { path, body } = callOf(asked, modelPath)
  const id = path === TAKES ? 'task_id' : 'id'
  return `curl ${shell(`${server}/${path}`)} \\
  -H "Authorization: Bearer $UNDERSTUDY_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d ${shell(JSON.stringify(body, null, 2))}

# Poll with the ${id} from the answer until task_status is "succeed":
curl ${shell(`${server}/${TAKES}/`)}TASK_ID \\
  -H "Authorization: Bearer $UNDERSTUDY_API_KEY"
`
}

function python(server: string, body: CreateBody): string {
  const element = body.element_list?.[0]?.element_id
  const options: [string, unknown][] = [
    ['orientation', body.character_orientation],
    ['mode', body.mode],
    ['model', body.model_name],
    ['prompt', body.prompt],
    ['sound', body.keep_original_sound === 'no' ? false : undefined],
    ['watermark', body.watermark_info?.enabled || undefined],
    ['element', element],
    ['background', body.background],
    ['output_format', body.output_format],
    ['loop', body.loop || undefined],
    ['driver', body.driver],
    ['motion_strength', body.motion_strength],
    ['motion_parts', body.motion_parts],
    ['motion_smoothing', body.motion_smoothing],
    ['motion_camera', body.motion_camera || undefined],
    ['callback_url', body.callback_url],
  ]
  const lines = options
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `        ${name}=${pythonLiteral(value)},\n`)
  return `from understudy_client import Client

# The key is read from UNDERSTUDY_API_KEY.
with Client(${pythonLiteral(server)}) as client:
    task = client.animate(
        ${body.image_url ? pythonLiteral(body.image_url) : 'None'},
        ${pythonLiteral(body.video_url)},
${lines.join('')}        output="take.${body.output_format ?? 'mp4'}",
        progress=True,
    )
print(task.id, task.video.duration)
`
}

function typescript(server: string, asked: CreateBody, modelPath: string): string {
  const { path, body } = callOf(asked, modelPath)
  const id = path === TAKES ? 'task_id' : 'id'
  return `const server = ${JSON.stringify(server)};
const headers = {
  Authorization: \`Bearer \${process.env.UNDERSTUDY_API_KEY}\`,
  "Content-Type": "application/json",
};

async function call(path: string, init: RequestInit = {}) {
  const response = await fetch(server + path, { ...init, headers });
  const { code, message, data } = await response.json();
  if (code !== 0) throw new Error(\`\${message} (\${code})\`);
  return data;
}

const body = ${JSON.stringify(body, null, 2)};
const { ${id} } = await call("/${path}", { method: "POST", body: JSON.stringify(body) });
let task;
do {
  await new Promise((resolve) => setTimeout(resolve, 2000));
  task = await call(\`/${TAKES}/\${${id}}\`);
} while (!["succeed", "failed"].includes(task.task_status));
if (task.task_status === "failed") throw new Error(task.task_status_msg);
console.log(task.task_result.videos[0].url);
`
}

function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function pythonLiteral(value: unknown): string {
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'object' && value !== null) {
    const items = Object.entries(value).map(
      ([name, one]) => `${pythonLiteral(name)}: ${pythonLiteral(one)}`,
    )
    return `{${items.join(', ')}}`
  }
  // JSON's strings are Python's but for lone surrogates and what lies beyond 16 bits.
  return JSON.stringify(value)
}
