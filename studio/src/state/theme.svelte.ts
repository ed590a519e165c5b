/** Light, dark, or as the system has it. */

export type Theme = 'auto' | 'light' | 'dark'
const KEY = 'understudy.theme'

class ThemeChoice {
  value: Theme = $state('auto')

  constructor() {
    const kept = localStorage.getItem(KEY)
    if (kept === 'light' || kept === 'dark') this.set(kept)
  }

  set(theme: Theme): void {
    this.value = theme
    localStorage.setItem(KEY, theme)
    if (theme === 'auto') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
  }
}

export const theme = new ThemeChoice()
