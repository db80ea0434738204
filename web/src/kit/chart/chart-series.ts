import type { Values } from '../series.js';

/** A colour of tokens.css, so that charts follow the theme. */
export type Colour = 'blue' | 'teal' | 'violet' | 'red' | 'amber' | 'green' | 'pink' | 'grey';

export interface ChartSeries {
  name: string;
  colour: Colour;
  values: Values;
  /** Beside a value: what it is of. */
  details?: readonly (string | null)[];
}

const PALETTE: readonly Colour[] = ['blue', 'teal', 'violet', 'amber', 'pink', 'green', 'red', 'grey'];

/** A colour for the nth of any names. */
export const colourAt = (index: number): Colour => PALETTE[index % PALETTE.length];
