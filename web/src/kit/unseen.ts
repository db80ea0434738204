/** A stretch of a text: as it is, or one character of it that cannot be seen, by its code. */
export interface TextPart {
  text: string;
  /** `U+202E`; undefined for what is seen as it is. */
  code?: string;
}

const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/;

// An emoji of several characters, by the grammar of Unicode TS 51 (the list of those that there are, \p{RGI_Emoji}, takes
// 0.3 s to compile): a pictograph with its skin, style or tags, and what a joiner ties to it; or a keycap.
const PICTOGRAPH = String.raw`\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\uFE0F\u20E3?|[\u{E0020}-\u{E007E}]+\u{E007F})?`;
const EMOJI = String.raw`${PICTOGRAPH}(?:\u200D${PICTOGRAPH})*|[0-9#*]\uFE0F\u20E3`;

/**
 * What turns the direction of text, has no width or no shape, or looks like an ordinary space: two names that differ
 * by it look the same, and one that begins with it may look like another. A space counts at either end only; U+3000
 * is as wide as it looks.
 */
const UNSEEN = String.raw`[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800[\p{Zs}--[ \u3000]]]|^[ \p{M}]| $`;

const EITHER = new RegExp(`(?<emoji>${EMOJI})|${UNSEEN}`, 'gv');

const CALLED: Readonly<Record<string, string | undefined>> = {
  'U+0009': 'tab',
  'U+000A': 'line feed',
  'U+000D': 'carriage return',
  'U+0020': 'space',
  'U+00A0': 'no-break space',
  'U+00AD': 'soft hyphen',
  'U+061C': 'Arabic letter mark',
  'U+200B': 'zero width space',
  'U+200C': 'zero width non-joiner',
  'U+200D': 'zero width joiner',
  'U+200E': 'left-to-right mark',
  'U+200F': 'right-to-left mark',
  'U+202A': 'left-to-right embedding',
  'U+202B': 'right-to-left embedding',
  'U+202C': 'pop directional formatting',
  'U+202D': 'left-to-right override',
  'U+202E': 'right-to-left override',
  'U+2060': 'word joiner',
  'U+2066': 'left-to-right isolate',
  'U+2067': 'right-to-left isolate',
  'U+2068': 'first strong isolate',
  'U+2069': 'pop directional isolate',
  'U+FEFF': 'byte order mark',
};

/** A text in parts, its unseen characters by themselves. */
export function partsOf(text: string): TextPart[] {
  if (PLAIN.test(text)) return [{ text }];
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(EITHER)) {
    if (match.groups?.emoji !== undefined) continue;
    const [char] = match;
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    parts.push({ text: char, code: codeOf(char) });
    from = match.index + char.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** The text with the codes of its unseen characters in their place, for where only text can stand: `[U+202E]gnp.exe`. */
export function spelled(text: string): string {
  return partsOf(text)
    .map((part) => (part.code ? `[${part.code}]` : part.text))
    .join('');
}

/** What Unicode calls a character of this code, where that helps. */
export const calledOf = (code: string): string | undefined => CALLED[code];

function codeOf(char: string): string {
  return `U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
