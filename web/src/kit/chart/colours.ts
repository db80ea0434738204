/** The current value of a custom property of tokens.css: a canvas understands neither var() nor light-dark(). */
export function colourOf(host: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.hidden = true;
  probe.style.color = `var(--${token})`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
