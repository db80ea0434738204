/** The pages, which are one file: it looks at the address itself. */
export const PAGE_PATHS = ['/', '/explore', '/access', '/live', '/system', '/audit'] as const;
