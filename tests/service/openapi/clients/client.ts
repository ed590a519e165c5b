// Creates a task, reads it, lists it and reads an error, with the generated types and fetch.
// Arguments: URL, API key, picture, clip.
import type { components, paths } from "./types.js";

type Method = "get" | "post";
type Answers<P extends keyof paths, M extends Method> = paths[P][M] extends {
  responses: { 200: { content: { "application/json": infer Answer } } };
}
  ? Answer
  : never;
type Failure = components["schemas"]["Error"];

const [url = "", key = "", picture = "", clip = ""] = process.argv.slice(2);

async function ask<P extends keyof paths, M extends Method>(
  _path: P,
  method: M,
  place: string,
  body?: unknown,
): Promise<Answers<P, M> | Failure> {
  const answer = await fetch(url + place, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await answer.json()) as Answers<P, M> | Failure;
}

function data<T extends { code: 0; data: unknown }>(answer: T | Failure): T["data"] {
  if (!("data" in answer)) throw new Error(answer.message);
  return answer.data;
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

const legacy = "/v1/videos/motion-control";
const body: components["schemas"]["MotionControlCreate"] = {
  image_url: picture,
  video_url: clip,
  character_orientation: "video",
  mode: "std",
  external_task_id: "generated 2",
};
const made = data(await ask(legacy, "post", legacy, body));
const one = data(
  await ask(`${legacy}/{reference}`, "get", `${legacy}/${encodeURIComponent("generated 2")}`),
);
check(one.task_id === made.task_id, "one");
const listed = data(await ask(legacy, "get", `${legacy}?pageNum=1&pageSize=5`));
check(listed[0]?.task_id === made.task_id, "list");
const refused = await ask(`${legacy}/{reference}`, "get", `${legacy}/nobody`);
check(refused.code === 1201, "error");

const tasksBody: components["schemas"]["TasksCreate"] = {
  contents: [
    { type: "image", url: picture },
    { type: "video", url: clip },
  ],
  settings: { character_orientation: "video" },
};
const created = data(
  await ask("/motion-control/{model}", "post", "/motion-control/kling-3.0", tasksBody),
);
const found = data(await ask("/tasks", "get", `/tasks?task_ids=${created.id}`));
check(found[0]?.id === created.id, "one of the tasks design");
const query: components["schemas"]["Query"] = {
  start_time: created.create_time,
  filters: [{ key: "product_type", values: ["video"] }],
};
const page = data(await ask("/tasks", "post", "/tasks", query));
check(page.result.some(({ id }) => id === created.id), "list of the tasks design");
const nothing = await ask("/tasks", "get", "/tasks");
check(nothing.code === 1201 && !("data" in nothing), "error of the tasks design");
const spent = data(
  await ask("/account/billing/package", "post", "/account/billing/package", {
    start_time: 0,
    end_time: created.create_time + 1,
  }),
);
check(spent.result.count === spent.result.detail.length, "deductions");
