/** What the page's state asks of a browser, as far as Node lacks it. */

class MemoryStorage {
  #items = new Map<string, string>()
  getItem = (key: string): string | null => this.#items.get(key) ?? null
  setItem = (key: string, value: string): void => void this.#items.set(key, value)
  removeItem = (key: string): void => void this.#items.delete(key)
  clear = (): void => this.#items.clear()
}

Object.assign(globalThis, {
  window: globalThis,
  location: new URL('http://studio.test/'),
  localStorage: new MemoryStorage(),
  sessionStorage: new MemoryStorage(),
})
