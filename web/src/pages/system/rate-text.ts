const small = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 2 });
const large = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** 0.512 → "0.51/s", 1234.5 → "1,235/s"; "–" where it is not known. */
export function rateText(perSecond: number | null | undefined): string {
  if (perSecond === null || perSecond === undefined) return '–';
  return `${(perSecond < 10 ? small : large).format(perSecond)}/s`;
}
