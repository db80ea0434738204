/** What may stand between JSON texts, as bytes. */
export const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
/** The bytes of a byte order mark: no other use of them is UTF-8 outside of a string. */
export const BOM: ReadonlySet<number> = new Set([0xef, 0xbb, 0xbf]);
