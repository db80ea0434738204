const MOST = 160;

/** Properties on one line, cut: `screen="home" cart={…}`. */
export function eventPreview(properties: Record<string, unknown>): string {
  let text = '';
  for (const [name, value] of Object.entries(properties)) {
    const more = `${text && ' '}${name}=${shortValue(value)}`;
    if (text.length + more.length > MOST) return `${text || more.slice(0, MOST)} …`;
    text += more;
  }
  return text;
}

function shortValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : '[…]';
  if (isPlainObject(value)) return Object.keys(value).length === 0 ? '{}' : '{…}';
  // Its unseen characters are shown by whoever shows the preview.
  return JSON.stringify(value);
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
