/** A place in the browser for files, so that a reload loses none. */

const STORE = 'media'

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('understudy', 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

async function use<Result>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result> {
  const database = await open()
  try {
    return await new Promise((resolve, reject) => {
      const request = act(database.transaction(STORE, mode).objectStore(STORE))
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  } finally {
    database.close()
  }
}

/** The file under a name, null when there is none or the browser keeps none (private windows). */
export async function take(name: string): Promise<Blob | null> {
  const kept = await use<unknown>('readonly', (store) => store.get(name)).catch(() => null)
  return kept instanceof Blob ? kept : null
}

export async function put(name: string, file: Blob): Promise<void> {
  await use('readwrite', (store) => store.put(file, name)).catch(() => undefined)
}

export async function drop(name: string): Promise<void> {
  await use('readwrite', (store) => store.delete(name)).catch(() => undefined)
}
