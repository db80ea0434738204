import { theme, THEMES, type Theme } from '../kit/theme.js';
import { IconButton } from '../kit/ui/button.js';
import type { IconName } from '../kit/ui/icon.js';

const LOOKS: Record<Theme, { icon: IconName; name: string }> = {
  auto: { icon: 'auto', name: 'system' },
  light: { icon: 'sun', name: 'light' },
  dark: { icon: 'moon', name: 'dark' },
};

/** One button that goes round: as the system, light, dark. */
export function ThemeSwitch() {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length];
  const { icon, name } = LOOKS[theme.value];
  return (
    <IconButton
      icon={icon}
      label={`Theme: ${name}. Switch to ${LOOKS[next].name}`}
      onClick={() => (theme.value = next)}
    />
  );
}
