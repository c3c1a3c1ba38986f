import { useEffect, useState } from 'react';

const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];
const name = 'batch-gpt.theme';

const readTheme = (): Theme => themes.find((theme) => theme === window.localStorage.getItem(name)) ?? 'system';

/** Chooses between light and dark, kept in this browser. */
export function ThemeChoice() {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    window.localStorage.setItem(name, theme);
  }, [theme]);
  return (
    <label className="theme">
      <span className="hidden">Theme</span>
      <select
        value={theme}
        onChange={(event) => setTheme(themes.find((each) => each === event.target.value) ?? 'system')}
      >
        {themes.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}
