import { describe, expect, it } from '@jest/globals';
import { PageRows } from './page-rows.js';

describe('rows of a page', () => {
  it('grow step by step while rows are small, and fall at once where they are large', () => {
    const page = new PageRows(1000, 512 * 1024);
    const asked = [4, 16, 64, 256, 1000, 1000].map((expected) => {
      const { rows } = page;
      expect(rows).toBe(expected);
      page.saw(rows, rows * 400);
      return rows;
    });
    page.saw(asked.at(-1)!, asked.at(-1)! * 256 * 1024);
    expect(page.rows).toBe(2);
    page.saw(1, 10_000_000);
    expect(page.rows).toBe(1);
    page.saw(0, 0);
    expect(page.rows).toBe(1);
  });
});
